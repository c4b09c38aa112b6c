"""`qa serve --api` and `qa mcp` as other programs meet them: processes of their own, with the real models."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from qa.cli import cli
from qa.service import server
from tests.conftest import ROOT
from tests.service.conftest import awaited

pytestmark = pytest.mark.model

ANSWERED = "Where was the primary tumour in the ASPS case?"
REFUSED = "What is the capital of Australia?"
WATCHED = """
import sys

def told(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.gethostbyname", "urllib.Request"):
        print("NETWORK", event, arguments[1:], file=sys.stderr, flush=True)

sys.addaudithook(told)
from qa.cli import main
main()
"""
"""The program `qa`, which tells of every word to another machine."""
COLLECTOR = {
    "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTEL_TRACES_EXPORTER": "otlp",
}
"""What would make FastAPI report to a collector."""


def environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "OTEL_"))}
    return own | COLLECTOR | {"PYTHONPATH": str(ROOT)}


def printed(index: Path, question: str) -> dict[str, Any]:
    """What `qa ask --json` prints, without the time."""
    done = CliRunner().invoke(cli, ["ask", question, "--json", "--index", str(index)])
    row: dict[str, Any] = json.loads(done.stdout)
    del row["milliseconds"]
    return row


@pytest.fixture(scope="module")
def service(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx2.Client, Path]]:
    """A client of `qa serve --api`, and the file of what the program says."""
    listener = server.taken("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    log = tmp_path_factory.mktemp("service") / "log"
    command = [sys.executable, "-c", WATCHED, "serve", "--api", "--port", str(port)]
    folders = ["--index", str(real_index), "--corpus", str(ROOT / "corpus")]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *folders], cwd=log.parent, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(1200):
                try:
                    client.get("/health")
                    break
                except httpx2.TransportError:
                    assert process.poll() is None, log.read_text()
                    time.sleep(0.1)
            yield client, log
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_the_service_gives_what_the_command_prints(
    service: tuple[httpx2.Client, Path], real_index: Path, question: str
) -> None:
    client, _ = service
    row = client.post("/ask", json={"question": question}).json()
    del row["milliseconds"]
    assert row == printed(real_index, question)


def test_the_service_sends_nothing_anywhere_and_prints_no_question(service: tuple[httpx2.Client, Path]) -> None:
    client, log = service
    assert client.get("/search", params={"q": "aardvark"}).status_code == 200
    assert client.post("/ask", json={"question": ""}).status_code == 422
    said = log.read_text()
    assert said.startswith(f"The service is at {str(client.base_url).rstrip('/')}")
    assert len(said.splitlines()) == 1, "no connection, no complaint about a collector, no line a request"


def test_a_client_that_starts_the_program_gets_answers(real_index: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def work() -> tuple[list[Any], bool]:
        program = StdioServerParameters(
            command=sys.executable,
            args=["-c", WATCHED, "mcp", "--index", str(real_index)],
            env=environment(),
            cwd=tmp_path,
        )
        with log.open("w") as said:
            async with Client(stdio_client(program, errlog=said)) as client:
                rows = []
                for question in (ANSWERED, REFUSED):
                    result = await client.call_tool("ask", {"question": question})
                    rows.append(result.structured_content)
                found = await client.call_tool("search", {"question": ANSWERED, "top_k": 1})
                (hit,) = found.structured_content["passages"]
                read = await client.call_tool("read_passage", {"id": hit["id"]})
                assert read.structured_content["text"] == hit["text"]
                papers = await client.call_tool("list_papers", {})
                assert papers.structured_content["total"] == 3
                wrong = await client.call_tool("ask", {"question": "a" * 2001})
                assert "at most 2000 can be asked" in wrong.content[0].text
                return rows, wrong.is_error

    rows, is_error = awaited(work)
    assert is_error
    for row, question in zip(rows, (ANSWERED, REFUSED), strict=True):
        del row["milliseconds"]
        assert row == printed(real_index, question)
    assert log.read_text() == "", "no connection, and no complaint"


def test_nothing_but_the_protocol_is_printed(tmp_path: Path) -> None:
    """Not even without an index, which each call tells; and the end of the input ends the program."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
    lines: list[dict[str, Any]] = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_papers", "arguments": {}}},
    ]
    program = subprocess.Popen(
        [sys.executable, "-c", WATCHED, "mcp"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdin and program.stdout and program.stderr
    program.stdin.write("".join(f"{json.dumps(line)}\n" for line in [*lines[:2], "no message", *lines[2:]]))
    program.stdin.flush()
    replies = [json.loads(program.stdout.readline()) for _ in range(2)]
    complaint = program.stderr.readline()  # the program, once its input ends, does not wait for what it warms
    program.stdin.close()
    rest, said = program.stdout.read(), complaint + program.stderr.read()
    assert program.wait(30) == 0
    assert [reply["id"] for reply in replies] == [1, 2]
    assert replies[1]["result"]["isError"]
    assert f"there is no index in {tmp_path / 'index'}; run `qa index build`" in json.dumps(replies[1])
    assert rest == ""
    assert "there is no index in" in said
    assert "NETWORK" not in said
    assert "Traceback" not in said


def test_what_the_readme_says_to_other_programs_is_true(service: tuple[httpx2.Client, Path]) -> None:
    client, _ = service
    readme = (ROOT / "README.md").read_text("utf-8")
    curl = shlex.split(next(line for line in readme.splitlines() if line.startswith("curl ")))
    (name, value), body = curl[curl.index("-H") + 1].split(": "), curl[curl.index("-d") + 1]
    reply = client.post(httpx2.URL(curl[1]).path, content=body, headers={name: value})
    assert reply.status_code == 200
    assert reply.json()["turn"] == 2
    (named,) = re.findall(r"^```json\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    (program,) = json.loads(named)["mcpServers"].values()
    assert program["command"].endswith("/.venv/bin/qa")
    assert cli.commands["mcp"].make_context("qa", program["args"][1:]).params == {"index": Path("/home/me/qa/index")}
    routes = client.get("/openapi.json").json()["paths"]
    for route in routes:
        assert route.replace("{id}", "ID") in readme, route
