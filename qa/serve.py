"""Start the app: a free port, and Streamlit with the folders that it is to open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from qa.config import PROJECT
from qa.types import QAError


def run_server(corpus: Path, index: Path, port: int) -> int:
    """Serve the app on localhost until it is stopped; returns the server's exit code."""
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), f"--server.port={port}"]
    environment = os.environ | {"QA_CORPUS_DIR": str(corpus.resolve()), "QA_INDEX_DIR": str(index.resolve())}
    try:
        return subprocess.run(command, env=environment, cwd=PROJECT, check=False).returncode
    except KeyboardInterrupt:
        return 0


def check_port(port: int) -> None:
    """Raise a `QAError` if something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            raise QAError(
                f"port {port} is taken, perhaps by this app in another window; stop that program, "
                f"or take another port: `make run PORT={port + 1}`"
            ) from None
