"""Start the app: the index brought up to date, the port free, Streamlit in its place."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from qa import library
from qa.config import PROJECT
from qa.index import Progress
from qa.types import QAError, StoreError


def serve(corpus: Path, folder: Path, port: int, progress: Progress, say: Callable[[str], None]) -> int:
    """Serve the app on localhost until it is stopped; returns the server's exit code.

    Raises:
        QAError: the port is taken, or there is no index and none can be built.
    """
    check_port(port)
    try:
        fresh = library.state(corpus, folder) == "fresh"
    except StoreError as error:
        say(f"{error}\nBuilding it anew.")
        fresh = False
    if not fresh:
        say(f"Building the index of {corpus} …")
        for failure in library.update(corpus, folder, progress=progress).failures:
            say(f"Left out: {failure.reason}")
    say(f"The app is at http://localhost:{port} (stop it with Ctrl+C)")
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), f"--server.port={port}"]
    environment = os.environ | {"QA_CORPUS_DIR": str(corpus.resolve()), "QA_INDEX_DIR": str(folder.resolve())}
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
