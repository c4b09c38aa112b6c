"""The tools of the Model Context Protocol, called by the client of its library, in this process."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp_types import CallToolResult, Tool

from qa.answers.assistant import Assistant
from qa.records import result_row
from qa.service import replies, tools
from qa.types import BusyError
from tests.service.conftest import awaited

QUESTION = "In how many weeks did pears ripen?"
REFUSED = "Who painted zebras?"


def connected(assistant: Callable[[], Assistant], work: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(tools.tools(assistant)) as client:
            return await work(client)

    return awaited(run)


def called(assistant: Assistant, name: str, **arguments: Any) -> CallToolResult:
    """The result of a call, whose data are of the shape that the tool promises, and are its text too."""

    async def work(client: Client) -> tuple[list[Tool], CallToolResult]:
        return (await client.list_tools()).tools, await client.call_tool(name, arguments)

    offered, result = connected(lambda: assistant, work)
    shape = {tool.name: tool.output_schema for tool in offered}[name]
    if not result.is_error:
        Draft202012Validator(shape).validate(result.structured_content)
        assert json.loads(result.content[0].text) == result.structured_content
    return result


def row(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def test_the_tools_are_described_and_change_nothing(assistant: Assistant) -> None:
    async def work(client: Client) -> tuple[str | None, list[Tool]]:
        return client.instructions, (await client.list_tools()).tools

    instructions, offered = connected(lambda: assistant, work)
    assert "exact quotes" in instructions
    assert {tool.name for tool in offered} == {"ask", "search", "read_passage", "list_papers"}
    for tool in offered:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.title
        assert tool.output_schema["type"] == "object"
        assert "  " not in tool.description
        for name, what in tool.input_schema["properties"].items():
            assert what["description"], (tool.name, name)
    ask = next(tool.description for tool in offered if tool.name == "ask")
    assert "quotes only" in ask
    assert '"abstention"' in ask
    assert "Report it as such" in ask


@pytest.mark.parametrize(("question", "outcome"), [(QUESTION, "answer"), (REFUSED, "abstention")])
def test_a_question_gets_the_row_of_the_contract(assistant: Assistant, question: str, outcome: str) -> None:
    found = row(called(assistant, "ask", question=question))
    assert found["outcome"] == outcome
    del found["milliseconds"]
    assert found == {"id": None, "turn": 1} | result_row(assistant.ask(question), assistant.by_id)


def test_a_follow_up_brings_what_was_asked_before(assistant: Assistant) -> None:
    before = ["What was the harvest of apples?"]
    found = row(called(assistant, "ask", question="When was it?", turns=before, documents=["fruit"]))
    assert found["turn"] == 2
    assert found["interpreted_as"] != "When was it?"
    assert {hit["document"] for hit in found["passages"]} == {"fruit"}
    typed = row(called(assistant, "ask", question="When was it?", turns=before, as_typed=True))
    assert typed["interpreted_as"] == "When was it?"


def test_what_was_found_can_be_read(assistant: Assistant) -> None:
    found = row(called(assistant, "search", question="granite", top_k=1, method="lexical"))
    (hit,) = found["passages"]
    read = row(called(assistant, "read_passage", id=hit["id"]))
    assert (read["text"], read["previous"], read["next"]) == (hit["text"], None, None)
    papers = row(called(assistant, "list_papers", offset=1))
    assert [paper["id"] for paper in papers["papers"]] == [hit["document"]]
    assert papers["total"] == 2


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask", {"question": ""}, "the question is empty; type a question in words"),
        ("ask", {"question": "a" * 2001}, "the question has 2001 characters; at most 2000 can be asked"),
        ("ask", {"question": "Is it?", "documents": ["nix"]}, "there is no document 'nix'; there are: fruit, stones"),
        ("ask", {"question": "Is it?", "turns": ["a"] * 21}, "at most 20 items"),
        ("ask", {}, "Field required"),
        ("search", {"question": "granite", "top_k": 51}, "less than or equal to 50"),
        ("read_passage", {"id": "fruit:0-1"}, "there is no passage 'fruit:0-1'"),
        ("list_papers", {"limit": 0}, "greater than or equal to 1"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(
    assistant: Assistant, name: str, arguments: dict[str, Any], told: str
) -> None:
    result = called(assistant, name, **arguments)
    assert result.is_error
    text = result.content[0].text
    assert told in text
    assert "Traceback" not in text


def test_a_busy_service_says_so_and_a_fault_tells_nothing(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raised, told in ((BusyError("too many questions"), "too many questions"), (RuntimeError("secret"), "")):

        def fail(*arguments: object, raised: Exception = raised, **options: object) -> None:
            raise raised

        monkeypatch.setattr(replies, "ask", fail)
        result = called(assistant, "ask", question="Is it?")
        assert result.is_error
        text = result.content[0].text
        assert told in text
        assert "secret" not in text
