"""Start the app: check the port, and run Streamlit."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from qa.config import PROJECT
from qa.types import QAError

LAST_PORT = 65535


def run_server(corpus: Path, index: Path, port: int) -> NoReturn:
    """Replace this process by the server, so that whatever stops this program stops the server.

    The folders are handed on as `QA_CORPUS_DIR` and `QA_INDEX_DIR`.
    """
    environment = os.environ | {"QA_CORPUS_DIR": str(corpus.resolve()), "QA_INDEX_DIR": str(index.resolve())}
    os.chdir(PROJECT)  # Streamlit reads .streamlit/ in the working folder
    os.execve(  # noqa: S606 - a fixed program, no shell
        sys.executable,
        [sys.executable, "-m", "qa.web.server", f"--server.port={port}"],
        environment,
    )


def check_port(port: int) -> None:
    """Check that the port is free.

    Raises:
        QAError: another program listens on it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            other = port + 1 if port < LAST_PORT else port - 1
            raise QAError(
                f"port {port} is taken, perhaps by this app in another window; stop that program, "
                f"or take another port: `make run PORT={other}`"
            ) from None
