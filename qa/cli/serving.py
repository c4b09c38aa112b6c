"""`qa serve` and `qa mcp`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qa.cli.shared import corpus_option, index_option, progress_bar, say, tell
from qa.types import SourceError, StoreError

APP_PORT, API_PORT = 8501, 8502


@click.command()
@click.option("--api", is_flag=True, help="Serve JSON over HTTP for other programs, in place of the app.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="PORT",
    help=f"[default: {APP_PORT}; with --api {API_PORT}]",
)
@click.option("--host", metavar="ADDRESS", help="Listen at this address.  [default: this machine only]")
@click.option(
    "--build", is_flag=True, help="First build the index if the papers have changed, unless it was rolled back."
)
@corpus_option
@index_option
def serve(api: bool, port: int | None, host: str | None, build: bool, corpus: Path, index: Path) -> None:
    """Build the index if there is none, and serve the app, or JSON for other programs.

    An index that is there is served as it is: if the papers have changed since, that is said, and `qa index build`
    publishes them.
    """
    if api:
        _serve_api(host or "127.0.0.1", port or API_PORT, build, corpus, index)
    else:
        _serve_app(host, port or APP_PORT, build, corpus, index)


def _serve_app(host: str | None, port: int, build: bool, corpus: Path, index: Path) -> None:
    from qa.web.serve import check_address, check_port, run_server

    if host:  # the server looks at what its settings say
        check_address(host)
    check_port(port)
    _build_first(corpus, index, if_stale=build)
    say(f"The app is at http://{host or 'localhost'}:{port} (stop it with Ctrl+C)")
    run_server(corpus, index, port, host)


def _serve_api(host: str, port: int, build: bool, corpus: Path, index: Path) -> None:
    from qa.config import is_here
    from qa.service import server

    listener = server.taken(host, port)
    _build_first(corpus, index, if_stale=build)
    if not is_here(host):
        say(f"qa: whoever reaches port {port} of this machine can read the papers: there is no login")
    where = server.address(host, port)
    say(f"The service is at {where}, described at {where}/openapi.json (stop it with Ctrl+C)")
    server.run(index, listener, host)


def _build_first(corpus: Path, index: Path, *, if_stale: bool) -> None:
    """Build the first index, or one in the place of what cannot be read; of papers that have changed only if that is
    wanted, and never after a rollback, which holds until somebody publishes."""
    from qa.index.library import Library

    library = Library(corpus, index)
    try:
        found = library.freshness()
    except StoreError as error:
        say(f"qa: {error}; building it anew")
        found = "missing"
    except SourceError as error:
        say(f"qa: {error}; asking the index that there is")
        return
    if found == "missing" or (found == "stale" and if_stale and not library.holds()):
        say(f"Reading the papers in {corpus} …")
        with progress_bar() as progress:
            library.update(progress=progress, told=tell)
    elif found == "stale":
        held = "; it was rolled back on purpose" if library.holds() else ""
        say(
            f"The papers or the reading rules have changed since this index was published{held}. It answers as it is: "
            "`qa index status` says what has changed, `qa index build` publishes it."
        )


@click.command()
@index_option
def mcp(index: Path) -> None:
    """Serve the papers as tools of the Model Context Protocol, over standard input and output."""
    from qa.answers import loading

    loading.begin()
    from qa.service import tools

    if sys.stdin.isatty():
        say("This waits for a program that speaks the Model Context Protocol; README says how to name it there.")
    tools.run(index)
