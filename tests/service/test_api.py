"""The HTTP service, called by a client: every reply is of the shape that OpenAPI says, and every error is JSON."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import httpx2
import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator

from qa.answers import assistant as room
from qa.answers.assistant import Assistant
from qa.answers.batch import conversation
from qa.answers.queue import Queue
from qa.records import result_row
from qa.service import api, schema
from qa.types import StoreError
from tests.service.conftest import Serve

QUESTION = "In how many weeks did pears ripen?"
REFUSED = "Who painted zebras?"


def described(client: httpx2.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def checked(client: httpx2.Client, reply: httpx2.Response, route: str) -> Any:
    """The JSON of a reply, which has the shape that OpenAPI gives for its route and status."""
    assert reply.headers["content-type"] == "application/json"
    whole = described(client)
    responses = whole["paths"][route][reply.request.method.lower()]["responses"]
    shape = responses[str(reply.status_code)]["content"]["application/json"]["schema"]
    Draft202012Validator(shape | {"components": whole["components"]}).validate(reply.json())
    return reply.json()


def error(client: httpx2.Client, reply: httpx2.Response, route: str, status: int) -> str:
    row = checked(client, reply, route)
    assert (reply.status_code, row.keys()) == (status, {"error"})
    assert "Traceback" not in row["error"]
    text: str = row["error"]
    return text


def without_time(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "milliseconds"}


# What is described


def test_the_description_is_openapi_and_leaves_nothing_out(client: httpx2.Client) -> None:
    whole = described(client)
    assert OpenAPI.model_validate(whole).openapi.startswith("3.1")
    assert whole["paths"].keys() == {"/ask", "/search", "/papers", "/papers/{id}", "/passages/{id}", "/health"}
    for path, methods in whole["paths"].items():
        assert methods.keys() == ({"post"} if path == "/ask" else {"get"})
        for operation in methods.values():
            assert operation["description"], path
            assert all(response["description"] for response in operation["responses"].values())
            for parameter in operation.get("parameters", ()):
                assert parameter["description"], (path, parameter["name"])
    assert "HTTPValidationError" not in whole["components"]["schemas"], "errors have one shape"
    for name, shape in whole["components"]["schemas"].items():
        assert shape["description"], name
        for field, what in shape["properties"].items():
            assert what.get("description"), (name, field)


def extras(value: object) -> Iterator[str]:
    """Names of fields that no shape describes."""
    if isinstance(value, schema.Row):
        yield from value.model_extra or ()
        for name in type(value).model_fields:
            yield from extras(getattr(value, name))
    elif isinstance(value, list):
        for one in value:
            yield from extras(one)


@pytest.mark.parametrize("question", [QUESTION, REFUSED, "the harvest of appels"])
def test_every_field_of_a_result_is_described(client: httpx2.Client, question: str) -> None:
    row = client.post("/ask", json={"question": question}).json()
    assert list(extras(schema.Result.model_validate(row))) == []
    for path, shape in (
        ("/search?q=granite", schema.Found),
        ("/papers", schema.Papers),
        ("/papers/fruit", schema.ReadPaper),
        (f"/passages/{row['passages'][0]['id']}", schema.ReadPassage),
        ("/health", schema.Health),
    ):
        assert list(extras(shape.model_validate(client.get(path).json()))) == [], path


def test_nothing_is_fetched_for_a_page_of_documentation(client: httpx2.Client) -> None:
    for path in ("/docs", "/redoc", "/"):
        reply = client.get(path)
        assert (reply.status_code, reply.headers["content-type"]) == (404, "application/json")
        assert f"no GET {path}; /openapi.json" in reply.json()["error"]


# Routes


@pytest.mark.parametrize(("question", "outcome"), [(QUESTION, "answer"), (REFUSED, "abstention")])
def test_a_question_gets_its_result(client: httpx2.Client, assistant: Assistant, question: str, outcome: str) -> None:
    row = checked(client, client.post("/ask", json={"question": question, "id": "q1"}), "/ask")
    assert row["outcome"] == outcome
    expected = {"id": "q1", "turn": 1} | result_row(assistant.ask(question), assistant.by_id)
    assert without_time(row) == expected
    assert row["milliseconds"]["total"] > 0


def test_a_follow_up_is_read_with_what_was_asked_before(client: httpx2.Client, assistant: Assistant) -> None:
    before, after = "What was the harvest of apples?", "When was it?"
    row = checked(client, client.post("/ask", json={"question": after, "turns": [before]}), "/ask")
    rows = [row for row in conversation(assistant, [before, after]) if isinstance(row, dict)]
    assert without_time(row) == without_time(rows[1])
    assert row["turn"] == 2
    assert row["interpreted_as"] != after
    typed = client.post("/ask", json={"question": after, "turns": [before], "as_typed": True}).json()
    assert typed["interpreted_as"] == after


def test_papers_and_sections_can_be_named(client: httpx2.Client) -> None:
    asked = {"question": "What are they?", "documents": ["fruit"], "sections": ["Results"]}
    row = checked(client, client.post("/ask", json=asked), "/ask")
    assert {(hit["document"], hit["section"]) for hit in row["passages"]} == {("fruit", "Results")}
    found = client.get("/search", params={"q": "What are they?", "document": ["fruit"], "section": ["Results"]}).json()
    assert [hit["id"] for hit in found["passages"]] == [hit["id"] for hit in row["passages"]]


@pytest.mark.parametrize("method", ["dense", "lexical", "hybrid"])
def test_a_search_ranks_passages(client: httpx2.Client, assistant: Assistant, method: Any) -> None:
    reply = client.get("/search", params={"q": "granite", "method": method, "top_k": 2})
    row = checked(client, reply, "/search")
    hits = assistant.search("granite", method, 2)
    assert [hit["id"] for hit in row["passages"]] == [hit.passage.id for hit in hits]
    assert row["generation"] == "test"


def test_papers_are_listed_and_read(client: httpx2.Client) -> None:
    row = checked(client, client.get("/papers"), "/papers")
    assert [paper["id"] for paper in row["papers"]] == ["fruit", "stones"]
    assert row["total"] == 2
    second = checked(client, client.get("/papers", params={"offset": 1, "limit": 1}), "/papers")
    assert second == row | {"papers": row["papers"][1:]}
    paper = checked(client, client.get("/papers/fruit"), "/papers/{id}")
    assert paper["metadata"]["year"] == "2019"
    assert paper["sections"] == ["Introduction", "Results"]
    assert [page["page"] for page in paper["quality"]] == [None]
    assert paper["passages"] == row["papers"][0]["passages"] == 2


def test_passages_are_read_one_after_the_other(client: httpx2.Client, assistant: Assistant) -> None:
    names = [passage.id for passage in assistant.index.passages_of("fruit")]
    read = []
    name: str | None = names[0]
    while name:
        row = checked(client, client.get(f"/passages/{name}"), "/passages/{id}")
        assert row["previous"] == (read[-1] if read else None)
        read.append(name)
        name = row["next"]
    assert read == names
    assert row["text"] == "Pears ripened in nine weeks [3]. They were stored at four degrees."


def test_health_says_what_is_served(client: httpx2.Client) -> None:
    row = checked(client, client.get("/health"), "/health")
    assert row == {"status": "ok", "generation": "test", "papers": 2, "passages": 3}


# Errors


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"question": ""}, "the question is empty; type a question in words"),
        ({"question": " \n"}, "the question is empty"),
        ({"question": "a" * 2001}, "the question has 2001 characters; at most 2000 can be asked"),
        ({"question": "Is it?", "turns": ["Is granite hard?", ""]}, "the question is empty"),
        ({"question": "Is it?", "turns": ["Is granite hard?"] * 21}, "turns: List should have at most 20 items"),
        ({"question": "Is it?", "documents": ["nix"]}, "there is no document 'nix'; there are: fruit, stones"),
        ({"question": "Is it?", "sections": ["nix"]}, "have no section 'nix'"),
        ({"question": 3}, "question: Input should be a valid string"),
        ({}, "question: Field required"),
        ({"question": "Is it?", "document": ["fruit"]}, "document: Extra inputs are not permitted"),
        ([], "the body: "),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(client: httpx2.Client, asked: object, told: str) -> None:
    assert told in error(client, client.post("/ask", json=asked), "/ask", 422)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/search", "q: Field required"),
        ("/search?q=", "the question is empty"),
        (f"/search?q={'a' * 2001}", "the question has 2001 characters"),
        ("/search?q=a&top_k=0", "top_k: Input should be greater than or equal to 1"),
        ("/search?q=a&method=magic", "method: Input should be 'dense', 'lexical' or 'hybrid'"),
        ("/search?q=a&document=nix", "there is no document 'nix'"),
        ("/papers?limit=x", "limit: Input should be a valid integer"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(client: httpx2.Client, path: str, told: str) -> None:
    assert told in error(client, client.get(path), path.partition("?")[0], 422)


@pytest.mark.parametrize(
    "path", ["/papers/nix", "/papers/%3Cb%3E", "/passages/nix", "/passages/fruit:0-1", "/passages/nix:0-1"]
)
def test_what_is_not_there_is_named(client: httpx2.Client, path: str) -> None:
    what = path.split("/")[1]
    assert f"there is no {what[:-1]} '" in error(client, client.get(path), f"/{what}/{{id}}", 404)


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b'{"question":', "headers": {"content-type": "application/json"}},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}},
        {"content": b'{"question": "Is it?"}', "headers": {"content-type": "text/plain"}},
        {"data": {"question": "Is it?"}},
    ],
)
def test_a_body_that_is_not_json_is_refused(client: httpx2.Client, sent: dict[str, Any]) -> None:
    """A page in a browser can send text or a form to another host unasked, and no JSON."""
    assert error(client, client.post("/ask", **sent), "/ask", 400)


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_body_is_refused(client: httpx2.Client, declared: bool) -> None:
    body = b'{"question": "' + b"a" * api.MOST_BYTES + b'"}'
    sent: Any = body if declared else iter([body[:9], body[9:]])
    reply = client.post("/ask", content=sent, headers={"content-type": "application/json"})
    assert "too large" in error(client, reply, "/ask", 413)


def test_half_a_character_is_no_obstacle(client: httpx2.Client) -> None:
    """It cannot be encoded, so the reply has it as it came."""
    headers = {"content-type": "application/json"}
    reply = client.post("/ask", content=b'{"question": "Is \\ud800 granite hard?"}', headers=headers)
    assert checked(client, reply, "/ask")["question"] == "Is \ud800 granite hard?"


def test_another_name_for_this_machine_is_refused(client: httpx2.Client) -> None:
    """By which a page in a browser could read the papers (DNS rebinding); nor may it from its own origin."""
    assert "not by another name" in error(
        client, client.get("/papers", headers={"host": "evil.example"}), "/papers", 400
    )
    asked = client.get("/papers", headers={"origin": "http://evil.example"})
    assert not [name for name in asked.headers if name.startswith("access-control")]
    asking = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    assert client.options("/ask", headers=asking).status_code == 405


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_nothing_can_be_changed(client: httpx2.Client, method: str) -> None:
    for path in ("/papers", "/papers/fruit", "/passages/x", "/health", "/search"):
        reply = client.request(method, path)
        assert reply.status_code == 405
        assert reply.json() == {"error": f"there is no {method} {path}; /openapi.json has all that there is"}


def test_who_is_too_many_is_told_so_at_once(
    client: httpx2.Client, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And health is told meanwhile."""
    go_on = threading.Event()
    read = Assistant.read

    def slow(self: Assistant, *arguments: Any, **options: Any) -> Any:
        assert go_on.wait(100)
        return read(self, *arguments, **options)

    monkeypatch.setattr(room, "_QUEUE", Queue(1, waiting=64))
    monkeypatch.setattr(Assistant, "read", slow)
    with ThreadPoolExecutor(66) as pool:

        def ask(number: int) -> httpx2.Response:
            return client.post("/ask", json={"question": f"Is granite {number} hard?"})

        try:
            asked = [pool.submit(ask, number) for number in range(66)]
            busy = next(as_completed(asked, timeout=100)).result()
            assert "too many questions are waiting" in error(client, busy, "/ask", 503)
            assert int(busy.headers["retry-after"]) > 0
            assert client.get("/health").status_code == 200
        finally:
            go_on.set()
        statuses = sorted(one.result().status_code for one in asked)
    assert statuses == [200] * 65 + [503]


def test_an_index_at_fault_is_told(serve: Serve) -> None:
    def damaged() -> Assistant:
        raise StoreError("index/CURRENT cannot be read; run `qa index rollback`")

    with serve(damaged) as client:
        for reply, route in (
            (client.get("/health"), "/health"),
            (client.post("/ask", json={"question": "Is it?"}), "/ask"),
        ):
            assert error(client, reply, route, 503) == "index/CURRENT cannot be read; run `qa index rollback`"
            assert "retry-after" not in reply.headers


def test_a_fault_of_the_program_is_no_traceback(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    def broken() -> Assistant:
        raise RuntimeError("secret")

    with serve(broken) as client:
        reply = client.get("/health")
    assert reply.status_code == 500
    assert reply.json() == {"error": "this request met a fault of the program; what the service printed says more"}
