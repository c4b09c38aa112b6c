"""The service's process: a port of its own, and uvicorn."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qa.config import is_here
from qa.types import QAError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

LAST_PORT = 65535
_LEAVE_SECONDS = 5
"""Time for those who are being answered when the service is stopped; set by hand on 2026-11-27."""


def address(host: str, port: int) -> str:
    """The service's address for a browser.

    >>> address("::1", 80)
    'http://[::1]:80'
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def taken(host: str, port: int) -> socket.socket:
    """Take a port, without listening yet.

    Raises:
        QAError: it is not to be had.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        other = port + 1 if port < LAST_PORT else port - 1
        raise QAError(
            f"port {port} of {host} cannot be had ({error}); stop the program that has it, "
            f"or take another one: `qa serve --api --port {other}`"
        ) from error
    return listener


def run(index: Path, listener: socket.socket, host: str) -> None:
    """Serve a folder's published index until the process is stopped; listen when the models are loaded.

    Raises:
        QAError: the index cannot be opened.
    """
    from qa.answers import loading

    models = loading.begin()
    from qa.service.api import application
    from qa.service.published import Published

    published = Published(index)
    models.join()
    published().warm()
    hosts = {host, "localhost", "127.0.0.1", "::1"} if is_here(host) else None
    with suppress(KeyboardInterrupt):
        serving(application(published, hosts)).run(sockets=[listener])


def serving(app: FastAPI) -> uvicorn.Server:
    """The server of the service."""
    import uvicorn

    options = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # it would print the questions
        server_header=False,
        timeout_graceful_shutdown=_LEAVE_SECONDS,
    )
    return uvicorn.Server(options)
