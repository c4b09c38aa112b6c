"""A notebook keeps what was pinned and written, in its order, for its own user."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from qa.answers.assistant import Assistant
from qa.types import Answer, Citation, QuestionError, QuoteError, Turn
from qa.userdata import answer_record, conversations, notebook
from qa.userdata.notebook import About, Entry
from tests.userdata.small import ANSWERED, documents

ASKED = About("answer", "none", ANSWERED, "answer", 0.876)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


def row(assistant: Assistant, number: int = 0) -> dict[str, Any]:
    """A quote of the small papers."""
    index = assistant.index
    passage, sentence = [(p, s) for p in index.passages for s in p.sentences][number]
    return answer_record.quote_row(Citation(index.by_id[passage.document], passage.section, sentence))


def texts(folder: Path, user: str = "ann", search: str = "") -> list[str]:
    found = notebook.entries(folder, user, search)
    if not search:
        assert [entry.number for entry in found] == list(range(1, len(found) + 1))
    return [entry.text or (entry.quote or {})["text"] for entry in found]


def written(folder: Path, *words: str) -> list[str]:
    return [notebook.write(folder, "ann", text) for text in words]


def test_a_quote_is_pinned_once_with_all_that_is_known_of_it(folder: Path, assistant: Assistant) -> None:
    quote = row(assistant)
    assert not notebook.has(folder, "ann", quote)
    name, new = notebook.pin(folder, "ann", quote, ASKED)
    assert new
    assert notebook.pin(folder, "ann", quote | {"number": 5}, About("paper", standing="chosen")) == (name, False)
    assert notebook.pin(folder, "ann", row(assistant, 1), ASKED)[1]
    first, _ = notebook.entries(folder, "ann")
    assert first == Entry(name, 1, first.made_at, quote, ASKED)
    assert answer_record.citation_of(first.quote or {}, documents(assistant)).text == quote["text"]
    assert notebook.has(folder, "ann", quote)
    assert not notebook.has(folder, "bob", quote)


def test_the_same_words_of_a_file_that_has_changed_are_another_quote(folder: Path, assistant: Assistant) -> None:
    quote = row(assistant)
    notebook.pin(folder, "ann", quote, ASKED)
    assert notebook.pin(folder, "ann", quote | {"sha256": "new"}, ASKED)[1]


def test_words_that_are_not_those_of_the_quote_are_not_pinned(folder: Path, assistant: Assistant) -> None:
    with pytest.raises(QuoteError, match="the words are not those of"):
        notebook.pin(folder, "ann", row(assistant) | {"text": "Apples cure all."}, ASKED)
    assert notebook.entries(folder, "ann") == []


def test_own_words_are_added_where_one_wants_them(folder: Path, assistant: Assistant) -> None:
    a, _ = written(folder, "a", "b")
    notebook.write(folder, "ann", " between \n\n two ", below=a)
    notebook.write(folder, "ann", " first\n one", is_heading=True, below="")
    notebook.write(folder, "ann", "last", below="gone")
    assert texts(folder) == ["first one", "a", "between \n\n two", "b", "last"]
    assert [entry.is_heading for entry in notebook.entries(folder, "ann")] == [True, *[False] * 4]


def test_own_words_are_edited_and_quotes_never(folder: Path, assistant: Assistant) -> None:
    (a,) = written(folder, "a")
    quote, _ = notebook.pin(folder, "ann", row(assistant), ASKED)
    notebook.edit(folder, "ann", a, "b", is_heading=True)
    assert notebook.entries(folder, "ann")[0].is_heading
    for name, user in ((quote, "ann"), ("gone", "ann"), (a, "bob")):
        with pytest.raises(QuestionError, match="no longer in your notebook"):
            notebook.edit(folder, user, name, "c")
    assert texts(folder) == ["b", row(assistant)["text"]]


@pytest.mark.parametrize("text", [" \n", "x" * (notebook.MAX_WORDS + 1)])
def test_too_few_and_too_many_words_are_refused(folder: Path, text: str) -> None:
    (a,) = written(folder, "x" * notebook.MAX_WORDS)
    with pytest.raises(QuestionError, match=r"type some|shorten them to at most 4000"):
        notebook.write(folder, "ann", text)
    with pytest.raises(QuestionError, match=r"type some|shorten them to at most 4000"):
        notebook.edit(folder, "ann", a, text)


def test_entries_move_and_the_order_stays_whole(folder: Path) -> None:
    a, b, c, d = written(folder, *"abcd")
    assert notebook.move(folder, "ann", a, by=1) == 2
    assert notebook.move(folder, "ann", d, by=-1) == 3
    assert texts(folder) == ["b", "a", "d", "c"]
    assert notebook.move(folder, "ann", b, to=99) == 4
    assert notebook.move(folder, "ann", c, to=-1) == 1
    assert texts(folder) == ["c", "a", "d", "b"]
    assert notebook.move(folder, "ann", c, by=-1) == 1
    assert notebook.move(folder, "bob", c, to=3) is None
    assert texts(folder) == ["c", "a", "d", "b"]


def test_moves_are_those_of_a_list(folder: Path) -> None:
    expected, dice = written(folder, *"abcdef"), random.Random(16)
    for _ in range(60):
        name, to = dice.choice(expected), dice.randint(1, 6)
        notebook.move(folder, "ann", name, to=to)
        expected.remove(name)
        expected.insert(to - 1, name)
        assert [entry.id for entry in notebook.entries(folder, "ann")] == expected


def test_what_was_removed_comes_back_where_it_was(folder: Path, assistant: Assistant) -> None:
    written(folder, "a")
    name, _ = notebook.pin(folder, "ann", row(assistant), ASKED)
    written(folder, "b")
    before = notebook.entries(folder, "ann")
    assert notebook.remove(folder, "bob", name) is None
    for entry in before:
        removed = notebook.remove(folder, "ann", entry.id)
        assert removed == entry
        assert entry.id not in [other.id for other in notebook.entries(folder, "ann")]
        notebook.put_back(folder, "ann", removed)
        notebook.put_back(folder, "ann", removed)  # twice is once
        assert notebook.entries(folder, "ann") == before
    assert notebook.remove(folder, "ann", "gone") is None
    removed = notebook.remove(folder, "ann", name)
    assert removed
    assert notebook.pin(folder, "ann", row(assistant), ASKED) == (name, True)  # again, and then undone
    notebook.put_back(folder, "ann", removed)
    assert texts(folder) == ["a", "b", row(assistant)["text"]]


def test_nobody_sees_or_changes_the_notebook_of_another(folder: Path, assistant: Assistant) -> None:
    (a,) = written(folder, "a")
    notebook.pin(folder, "bob", row(assistant), ASKED)
    notebook.write(folder, "bob", "mine", below=a)
    assert texts(folder) == ["a"]
    assert texts(folder, "bob") == [row(assistant)["text"], "mine"]


@pytest.mark.parametrize(
    ("search", "found"), [("OWN wor", 1), ("fruit of the north", 1), ("pears ripen", 1), ("own fruit", 0), ("%", 0)]
)
def test_a_search_looks_in_words_quotes_titles_and_questions(
    folder: Path, assistant: Assistant, search: str, found: int
) -> None:
    written(folder, "my own words")
    notebook.pin(folder, "ann", row(assistant), ASKED)
    assert len(texts(folder, search=search)) == found


def test_the_answer_of_a_quote_is_kept_until_it_is_deleted(folder: Path, assistant: Assistant) -> None:
    answer = assistant.ask(ANSWERED)
    assert isinstance(answer, Answer)
    record = answer_record.record_of([Turn(ANSWERED, answer)], documents(assistant))
    conversation, name = conversations.append(folder, "ann", None, record)
    notebook.pin(folder, "ann", row(assistant), About("answer", name, ANSWERED, "answer", answer.confidence))
    assert notebook.entries(folder, "ann")[0].is_kept
    conversations.delete(folder, "ann", conversation)
    (entry,) = notebook.entries(folder, "ann")
    assert not entry.is_kept
    assert entry.about and entry.about.question == ANSWERED


def test_a_full_notebook_says_so(folder: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "MAX_ENTRIES", 2)
    quote = row(assistant)
    notebook.pin(folder, "ann", quote, ASKED)
    (a,) = written(folder, "a")
    removed = notebook.remove(folder, "ann", a)
    assert removed
    written(folder, "b")
    assert not notebook.pin(folder, "ann", quote, ASKED)[1]  # it is there
    for full in (
        lambda: notebook.pin(folder, "ann", row(assistant, 1), ASKED),
        lambda: notebook.write(folder, "ann", "c"),
        lambda: notebook.put_back(folder, "ann", removed),
    ):
        with pytest.raises(QuestionError, match=r"your notebook is full \(2 entries\)"):
            full()
    assert texts(folder) == [quote["text"], "b"]


def test_windows_that_write_at_once_lose_nothing(folder: Path, assistant: Assistant) -> None:
    notebook.entries(folder, "ann")  # the database is there
    faults: list[Exception] = []

    def window(number: int) -> None:
        try:
            for i in range(10):
                name = notebook.write(folder, "ann", f"{number} {i}", below="")
                notebook.pin(folder, "ann", row(assistant, i % 4), ASKED)
                notebook.move(folder, "ann", name, to=3)
                notebook.put_back(folder, "ann", notebook.remove(folder, "ann", name) or pytest.fail("lost"))
        except Exception as error:  # a thread's failure must fail the test
            faults.append(error)

    threads = [threading.Thread(target=window, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    found = texts(folder)
    assert sorted(found) == sorted(
        [f"{n} {i}" for n in range(4) for i in range(10)] + [*{row(assistant, i)["text"] for i in range(4)}]
    )


def test_lone_halves_of_characters_can_be_written(folder: Path) -> None:
    written(folder, "a \ud83d b")
    assert texts(folder) == ["a \ud83d b"]
