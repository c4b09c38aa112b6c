"""The HTTP service: routes, and errors as JSON; it reads, and changes nothing.

FastAPI could report what it serves to an OpenTelemetry collector that the environment names; it is told not to. Its
page of documentation would fetch scripts from elsewhere, so there is none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Annotated, Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Receive, Send
from starlette.types import Scope as Scope_

from qa.answers.assistant import Assistant
from qa.config import cores
from qa.records import json_text
from qa.service import replies, schema
from qa.types import BusyError, QAError, QuestionError, Scope

MOST_BYTES = 2**20
"""Of the body of a request: a follow-up with twenty questions of 2,000 characters before it has 0.5 MB, if each is
escaped. Set by hand on 2026-11-27."""
TOO_LARGE = f"the request is too large; at most {MOST_BYTES} bytes can be sent"
_SPARE = 96
"""Requests at work at once, on top of one a core. Of these, 64 may be questions that wait for their turn (see
`qa.answers.assistant`); so one that is too many is told so at once. Set by hand on 2026-11-27."""
_BUSY_SECONDS = 60
"""When to ask again, as the message says."""
_TOLD = 5
"""Faults of one request that are told; set by hand on 2026-11-27."""

DESCRIPTION = """Questions to a library of papers, answered by quotes only: every word of an answer is compared with its
source before it is shown. If no sentence clearly answers, the outcome is an abstention, with its reason.

The service reads only, keeps nothing, and has no login."""


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Errors for OpenAPI."""
    what = {
        400: "The request cannot be read, or names another host",
        404: "There is no such paper or passage",
        413: "The request is too large",
        422: "The question is empty or too long, a paper or section is unknown, or a field is wrong",
        503: "Too many questions are waiting (the header `Retry-After` says how long to wait, in seconds), "
        "or the index cannot be opened",
    }
    return {status: {"model": schema.Failure, "description": what[status]} for status in statuses}


class _Service(FastAPI):
    """Says as JSON that a body is declared too large. FastAPI says so in plain text; it is asked for all others."""

    async def __call__(self, scope: Scope_, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and int(Headers(scope=scope).get("content-length", 0)) > MOST_BYTES:
            await _json({"error": TOO_LARGE}, 413)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application(assistant: Callable[[], Assistant], hosts: Collection[str] | None = None) -> FastAPI:
    """The service. Each request is answered by what `assistant` gives then.

    `hosts` are the names by which it may be called; any, if there are none. Where it is for this machine only, a page
    in a browser could call it by another name that leads here (DNS rebinding), and read the papers.
    """

    def called_by_its_name(request: Request) -> None:
        if hosts and request.url.hostname not in hosts:
            raise HTTPException(400, f"this service is called {' or '.join(sorted(hosts))}, not by another name")

    app = _Service(
        title="Ask the papers",
        version=version("qa"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_threads,
        dependencies=[Depends(called_by_its_name)],
        responses=_documented(400, 422, 503),
        max_body_size=MOST_BYTES,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    _add_routes(app, assistant)
    _add_errors(app)
    return app


@asynccontextmanager
async def _threads(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = cores() + _SPARE
    yield


def _json(row: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A row as it is, and not as its shape would have it: the same JSON that `qa` prints."""
    return Response(json_text(row), status, headers, media_type="application/json")


def _add_routes(app: FastAPI, assistant: Callable[[], Assistant]) -> None:
    @app.post("/ask", response_model=schema.Result, responses=_documented(413))
    def ask(asked: schema.Asked) -> Response:
        """Answer a question with quotes from the papers, or say that they do not answer it.

        The reply is what `qa ask --json` prints.
        """
        scope = Scope(asked.documents, asked.sections)
        return _json(
            replies.ask(assistant(), asked.question, asked.turns, scope, as_typed=asked.as_typed, identity=asked.id)
        )

    @app.get("/search", response_model=schema.Found)
    def search(
        q: schema.Question,
        method: schema.Method = "hybrid",
        top_k: Annotated[int, Query(ge=1, le=schema.MOST_HITS, description="Passages at most")] = 10,
        document: Annotated[
            list[str], Query(max_length=schema.MOST_NAMES, description="Id of a paper to search; may be repeated")
        ] = [],  # noqa: B006 - FastAPI copies it
        section: Annotated[
            list[str], Query(max_length=schema.MOST_NAMES, description="Section to search; may be repeated")
        ] = [],  # noqa: B006
    ) -> Response:
        """Rank the passages for a question, without an answer."""
        return _json(replies.search(assistant(), q, method, top_k, Scope(document, section)))

    @app.get("/papers", response_model=schema.Papers)
    def papers(
        offset: Annotated[int, Query(ge=0, description="Papers to pass over")] = 0,
        limit: Annotated[int, Query(ge=1, le=schema.MOST_PAPERS, description="Papers at most")] = 100,
    ) -> Response:
        """List the papers, in the order of their ids."""
        return _json(replies.papers(assistant(), offset, limit))

    @app.get("/papers/{id}", response_model=schema.ReadPaper, responses=_documented(404))
    def paper(name: Annotated[str, Path(alias="id", description="Id of the paper")]) -> Response:
        """Read what is known of a paper: its metadata, how well its pages were read, its sections."""
        return _json(replies.paper(assistant(), name))

    @app.get("/passages/{id}", response_model=schema.ReadPassage, responses=_documented(404))
    def passage(
        name: Annotated[str, Path(alias="id", description=schema.PASSAGE_ID)],
    ) -> Response:
        """Read one passage, and the ids of those beside it in its paper."""
        return _json(replies.passage(assistant(), name))

    @app.get("/health", response_model=schema.Health)
    def health() -> Response:
        """Say what is served."""
        return _json(replies.health(assistant()))


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(QAError)
    async def at_fault(request: Request, error: QAError) -> Response:
        status = 404 if isinstance(error, replies.UnknownError) else 422 if isinstance(error, QuestionError) else 503
        headers = {"Retry-After": str(_BUSY_SECONDS)} if isinstance(error, BusyError) else None
        return _json({"error": str(error)}, status, headers)

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, error: RequestValidationError) -> Response:
        faults = error.errors()
        told = [f"{'.'.join(map(str, fault['loc'][1:])) or 'the body'}: {fault['msg']}" for fault in faults[:_TOLD]]
        unread = any(fault["type"] == "json_invalid" or isinstance(fault.get("input"), bytes) for fault in faults)
        text = "the body is not JSON, or not said to be: `Content-Type: application/json`"
        if not unread:
            text = f"the request is wrong: {'; '.join(told)}"
        return _json({"error": f"{text}; /openapi.json describes what is expected"}, 400 if unread else 422)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        place = f"{request.method} {request.url.path}"
        texts = {413: TOO_LARGE} | dict.fromkeys(
            (404, 405), f"there is no {place}; /openapi.json has all that there is"
        )
        text = texts.get(error.status_code, error.detail)
        return _json({"error": text}, error.status_code, dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        return _json({"error": "this request met a fault of the program; what the service printed says more"}, 500)
