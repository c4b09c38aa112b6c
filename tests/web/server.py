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


@contextmanager
def serving(settings: Mapping[str, object], log: Path, port: int = 0) -> Iterator[str]:
    """The address of a server with those settings, without their `QA_`; what it prints goes into `log`.

    It listens at that port, or at any that is free.
    """
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1"]
    environment = os.environ | {f"QA_{name}": str(value) for name, value in settings.items()}
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
