"""Start the app: check the address and the port, and run Streamlit."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import chdir
from pathlib import Path
from typing import NoReturn

from qa.config import PROJECT, WebSettings
from qa.types import QAError
from qa.web.server import configure

LAST_PORT = 65535


def run_server(corpus: Path, index: Path, port: int, host: str | None = None) -> NoReturn:
    """Replace this process by the server, so that whatever stops this program stops the server.

    The folders are handed on as `QA_CORPUS_DIR` and `QA_INDEX_DIR`. Without `host`, Streamlit's settings say where it
    listens; ours say: on this machine only.
    """
    environment = os.environ | {"QA_CORPUS_DIR": str(corpus.resolve()), "QA_INDEX_DIR": str(index.resolve())}
    if roles := WebSettings().roles_file:
        environment["QA_ROLES_FILE"] = str(Path(roles).resolve())
    os.chdir(PROJECT)  # Streamlit reads .streamlit/ in the working folder
    options = [f"--server.port={port}", *([f"--server.address={host}"] if host else [])]
    os.execve(  # noqa: S606 - a fixed program, no shell
        sys.executable,
        [sys.executable, "-m", "qa.web.server", *options],
        environment,
    )


def check_address(host: str) -> None:
    """Check that nobody but this machine's users can change the papers without a login.

    Raises:
        QAError: the app would listen where others reach it, offers more than asking, and no login is configured.
    """
    with chdir(PROJECT):  # as the server
        configure({"server.address": host})


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
