"""The page, served as `make run` does, for as long as it is wanted."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    settings: Mapping[str, object], log: Path, port: int = 0, home: Path | None = None, host: str = "127.0.0.1"
) -> Iterator[str]:
    """The address of a server with those settings, without their `QA_`; what it prints goes into `log`.

    It listens at that port, or at any that is free. `home` is where Streamlit looks for the secrets of a login.
    """
    port = port or free_port()
    options = [f"--server.port={port}", *([f"--server.address={host}"] if host else [])]
    environment = os.environ | {f"QA_{name}": str(value) for name, value in settings.items()}
    if home:
        environment["HOME"] = str(home)
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "qa.web.server", *options],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(10)
