"""The port of the service, and the options of its command."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.index.library import Library
from qa.service import server
from qa.types import QAError


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, tuple[str, int], str]]:
    """With what the service was started, in place of it."""
    found: list[tuple[Path, tuple[str, int], str]] = []

    def run(index: Path, listener: socket.socket, host: str) -> None:
        found.append((index, listener.getsockname(), host))
        listener.close()

    monkeypatch.setattr(server, "run", run)
    monkeypatch.setattr(Library, "freshness", lambda library: "fresh")
    monkeypatch.delenv("PORT", raising=False)
    return found


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_only_this_machine_is_served_unless_another_address_is_given(
    started: list[tuple[Path, tuple[str, int], str]], tmp_path: Path
) -> None:
    port = free()
    done = CliRunner().invoke(cli, ["serve", "--api", "--port", str(port), "--index", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert started == [(tmp_path, ("127.0.0.1", port), "127.0.0.1")]
    assert f"The service is at http://127.0.0.1:{port}, described at" in done.stderr
    assert "no login" not in done.stderr

    done = CliRunner().invoke(cli, ["serve", "--api", "--host", "0.0.0.0", "--port", str(port)])
    assert started[1][1:] == (("0.0.0.0", port), "0.0.0.0")
    assert f"whoever reaches port {port} of this machine can read the papers: there is no login" in done.stderr


def test_a_port_that_is_taken_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = CliRunner().invoke(cli, ["serve", "--api", "--port", str(port), "--corpus", str(tmp_path / "no")])
    assert done.exit_code == 3
    assert f"port {port} of 127.0.0.1 cannot be had" in done.stderr
    assert f"`qa serve --api --port {port + 1}`" in done.stderr


@pytest.mark.parametrize("host", ["no such host", "192.0.2.1", "host.invalid"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(QAError, match=f"of {host} cannot be had"):
        server.taken(host, 65535)
