"""What becomes of a quote when its paper is edited, renamed or taken out, over real generations of a small index."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.index import kept, store
from qa.types import Citation, Document, Passage, QuestionError, QuoteError, Sentence, Span, StoreError
from qa.userdata import addresses, answer_record, conversations, fates
from qa.userdata.addresses import Named
from qa.userdata.cited import Cited, at_place
from tests.userdata.shelf import LAVA, PEARS, SPLIT, Shelf
from tests.userdata.small import ANSWERED


@pytest.fixture
def shelf(corpus: Path) -> Shelf:
    return Shelf(corpus)


def only(found: Cited) -> fates.Traced:
    (quote,) = found.quotes
    return quote


def test_an_answer_stands_as_long_as_its_paper_does(shelf: Shelf) -> None:
    answer = shelf.keep_answer()
    for name in (answer, f"http://x/ask?answer={answer}", f" /?answer={answer}&x=1 "):
        found = shelf.cite(name)
        quote = only(found)
        assert (found.question, found.generation) == (ANSWERED, store.current_generation(shelf.folder))
        assert (quote.fate.kind, quote.fate.found, quote.was) == ("unchanged", True, None)
        assert quote.fate.now is not None
        assert quote.fate.now.text == PEARS
    shelf.write("stones.txt", lambda text: text + "Slate splits.\n")  # another paper
    assert only(shelf.cite(answer)).fate.kind == "unchanged"


def test_a_quote_that_has_moved_is_found_with_its_section(shelf: Shelf) -> None:
    before, answer = store.current_generation(shelf.folder), shelf.keep_answer()
    shelf.write("fruit.txt", lambda text: text.replace("Results", "Plums are blue.\n\nResults"))
    quote = only(shelf.cite(answer))
    assert (quote.fate.kind, quote.fate.found, quote.fate.times) == ("changed", True, 1)
    assert str(quote.fate) == "The paper has changed since; these words still stand in it."
    now, then, was = quote.fate.now, quote.then, quote.was
    assert now and then and was
    assert (now.text, now.section, now.quote) == (PEARS, "Results", (PEARS,))
    assert now.spans != then.spans
    assert (was.generation, then.quote, then.document.sha256) == (before, (PEARS,), quote.row["sha256"])
    assert (was.published_at, then.section) == (store.history(shelf.folder)[0]["published_at"], "Results")


def test_other_hyphens_and_lines_are_the_same_words(shelf: Shelf) -> None:
    place = shelf.place("stones", LAVA)
    assert only(shelf.cite(place)).row["quote"] == [SPLIT]
    shelf.write("stones.txt", lambda text: text.replace(SPLIT, LAVA.replace("its ", "its\n")))
    quote = only(shelf.cite(place))
    assert (quote.fate.kind, quote.fate.found) == ("changed", True)
    assert quote.fate.now is not None
    assert quote.fate.now.quote == (LAVA.replace("its ", "its\n"),)


def test_words_that_were_changed_are_not_found_and_none_are_taken_for_them(shelf: Shelf) -> None:
    answer = shelf.keep_answer()
    shelf.write("fruit.txt", lambda text: text.replace("nine weeks", "ten weeks"))
    quote = only(shelf.cite(answer))
    assert (quote.fate.kind, quote.fate.found, quote.fate.now, quote.fate.times) == ("changed", False, None, 0)
    assert quote.then is not None
    assert quote.then.text == PEARS


def test_a_renamed_paper_is_the_same_under_its_new_name(shelf: Shelf) -> None:
    answer, place = shelf.keep_answer(), shelf.place("stones", LAVA)
    for name, new in (("fruit.txt", "pears.txt"), ("stones.txt", "rocks.txt")):
        (shelf.corpus / name).rename(shelf.corpus / new)
    shelf.publish()
    for where, new, text in ((answer, "pears", PEARS), (place, "rocks", LAVA)):
        quote = only(shelf.cite(where))
        assert (quote.fate.kind, quote.fate.found, quote.was) == ("unchanged", True, None)
        assert quote.fate.now is not None
        assert (quote.fate.now.document.id, quote.fate.now.text) == (new, text)
        assert f"is there as {new}." in str(quote.fate)
        assert quote.row["document"] == quote.fate.renamed_from != new


def test_a_removed_paper_is_gone_with_its_generations(shelf: Shelf) -> None:
    answer, place = shelf.keep_answer(), shelf.place("fruit", PEARS)
    shelf.library.remove(["fruit"])
    quote = only(shelf.cite(answer))
    assert (quote.fate.kind, quote.fate.found, quote.fate.now, quote.then) == ("gone", False, None, None)
    assert list(kept.versions(shelf.folder, "fruit")) == []
    with pytest.raises(StoreError, match="no longer kept"):
        shelf.cite(place)


def test_a_paper_that_is_gone_is_shown_from_the_generation_that_has_it(shelf: Shelf) -> None:
    before, answer, place = store.current_generation(shelf.folder), shelf.keep_answer(), shelf.place("fruit", PEARS)
    (shelf.corpus / "fruit.txt").unlink()
    shelf.publish()
    for where in (answer, place):
        quote = only(shelf.cite(where))
        assert quote.fate.kind == "gone"
        assert quote.then and quote.was
        assert (quote.was.generation, quote.then.text) == (before, PEARS)
        assert PEARS in [one.text for passage in quote.was.passages_of("fruit") for one in passage.sentences]


def test_after_a_rollback_the_newer_generation_has_what_was_quoted_from_it(shelf: Shelf) -> None:
    old = store.current_generation(shelf.folder)
    new = shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    answer = shelf.keep_answer()
    with store.writing(shelf.folder):
        assert store.rollback(shelf.folder) == old
    quote = only(shelf.cite(answer))
    assert (quote.fate.kind, quote.fate.found) == ("changed", True)
    assert quote.was is not None
    assert quote.was.generation == new
    with store.writing(shelf.folder):
        store.rollback(shelf.folder, new)
    assert only(shelf.cite(answer)).fate.kind == "unchanged"


def test_the_place_in_the_same_section_comes_first_and_then_the_nearest(shelf: Shelf) -> None:
    answer = shelf.keep_answer()

    def change(text: str) -> str:
        more = f"Cherries are red. {PEARS} " * 2
        return text.replace("Apples", more + "Apples") + f"\nWe say it again: it is late. {PEARS} It was.\n"

    shelf.write("fruit.txt", change)
    fate = only(shelf.cite(answer)).fate
    assert fate.now is not None
    assert (fate.now.section, fate.times) == ("Results", 4)
    raw = fate.now.document.raw
    assert [match for match in range(len(raw)) if raw.startswith(PEARS, match)].index(fate.now.spans[0].start) == 2


def test_a_word_inside_another_is_taken_only_where_there_is_no_whole_one() -> None:
    row = {"quote": ["weeks"], "spans": [[0, 5]], "text": "weeks", "section": ""}
    for raw, at, times in (("midweeks, weeks", 10, 1), ("midweeks", 3, 1), ("days", None, 0)):
        now, found = fates.found_again(row, Document("a", "", raw), ())
        assert (now.spans[0].start if now else None, found) == (at, times)


def test_a_link_names_the_version_that_it_was_made_of(shelf: Shelf) -> None:
    dated = shelf.place("fruit", PEARS)
    bare = dated.partition("&of=")[0]
    assert len(dated.removeprefix(f"{bare}&of=")) == 16
    assert shelf.cite(dated).is_dated and not shelf.cite(bare).is_dated
    assert only(shelf.cite(bare)).fate.kind == "unchanged"
    shelf.write("fruit.txt", lambda text: "Quinces are yellow and hard, we say.\n\n" + text)
    quote = only(shelf.cite(dated))
    assert (quote.row["text"], quote.fate.kind, quote.fate.found) == (PEARS, "changed", True)
    assert only(shelf.cite(bare)).row["text"] != PEARS  # what stands there now, as such a link always did
    for folder in kept.generations(shelf.folder):
        shutil.rmtree(shelf.folder / folder)
    with pytest.raises(StoreError, match="no longer kept"):
        shelf.cite(dated)


def test_a_place_is_quoted_sentence_by_sentence_or_in_its_own_words(shelf: Shelf) -> None:
    index = store.load(shelf.folder)
    stones = index.by_id["stones"]
    (passage,) = index.passages_of("stones")
    whole = at_place(Named("stones", passage.spans, ""), index, shelf.folder)
    assert [quote.row["text"] for quote in whole.quotes] == [one.text for one in passage.sentences]
    start = stones.raw.index("cools")
    part = at_place(Named("stones", (Span(start, start + 18),), ""), index, shelf.folder)
    assert [quote.row["text"] for quote in part.quotes] == ["cools quickly from"]
    with pytest.raises(StoreError):
        at_place(Named("stones", (Span(9000, 9001),), ""), index, shelf.folder)
    with pytest.raises(StoreError):
        at_place(Named("nothing", (Span(0, 3),), ""), index, shelf.folder)


@pytest.mark.parametrize(
    "words", ["", "hello", "http://[", "/library?paper=fruit", "/library?paper=fruit&at=9-2", "?at=1-2"]
)
def test_what_is_no_link_is_refused(words: str) -> None:
    with pytest.raises(QuestionError, match="no link"):
        addresses.named(words)


def test_an_answer_that_is_deleted_or_unknown_is_not_resolved(shelf: Shelf) -> None:
    with pytest.raises(StoreError, match="no such answer"):
        shelf.cite("x" * 22)
    assert not shelf.state.exists()  # nothing is made where there was nothing
    answer = shelf.keep_answer()
    (one,) = conversations.conversations(shelf.state, "ann")
    conversations.delete(shelf.state, "ann", one.id)
    with pytest.raises(StoreError, match="its owner has deleted it"):
        shelf.cite(answer)


def test_a_damaged_record_shows_nothing(shelf: Shelf) -> None:
    row: dict[str, Any] = dict(only(shelf.cite(shelf.keep_answer())).row) | {"text": "Pears ripened in ten weeks [3]."}
    with pytest.raises(QuoteError, match="damaged"):
        fates.traced(row, store.load(shelf.folder), shelf.folder)


@pytest.mark.parametrize(
    "file", ["documents.jsonl", "passages.jsonl", "checksums.npy", "documents.npy", "manifest.json"]
)
def test_nothing_is_shown_from_a_generation_that_was_altered(shelf: Shelf, file: str) -> None:
    old, answer = store.current_generation(shelf.folder), shelf.keep_answer()
    shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    path = shelf.folder / str(old) / file
    data = bytearray(path.read_bytes())
    data[len(data) // 3 if file.endswith("jsonl") else -2] ^= 1
    path.write_bytes(bytes(data))
    quote = only(shelf.cite(answer))
    assert (quote.fate.found, quote.then, quote.was) == (True, None, None)


def test_a_generation_of_an_older_format_is_read_too(shelf: Shelf) -> None:
    """Format 3 has the SHA-256 of whole files."""
    import hashlib

    old, answer = store.current_generation(shelf.folder), shelf.keep_answer()
    shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    folder = shelf.folder / str(old)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | {"format": 3}
    for name in ("documents.jsonl", "passages.jsonl"):
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    data = json.dumps(manifest).encode()
    name = hashlib.sha256(data).hexdigest()[:12]
    folder.rename(shelf.folder / name)
    (shelf.folder / name / "manifest.json").write_bytes(data)
    history = shelf.folder / "history.jsonl"
    history.write_text(history.read_text("utf-8").replace(str(old), name), "utf-8")
    quote = only(shelf.cite(answer))
    assert quote.was is not None
    assert (quote.was.generation, quote.was.document.raw.count(PEARS)) == (name, 1)


def test_the_file_of_a_paper_is_found_without_reading_all(shelf: Shelf) -> None:
    index = store.load(shelf.folder)
    for document in index.documents:
        assert kept.of_file(index, document.sha256[:16]) == [document]
    assert kept.of_file(index, "0" * 16) == []
    assert kept.of_file(index, index.documents[0].raw[:10]) == []


def test_of_two_equal_versions_only_one_is_opened(shelf: Shelf) -> None:
    for number in range(3):
        shelf.write("stones.txt", partial(str.__add__, f"Slate {number} splits.\n"))
    assert len(kept.generations(shelf.folder)) == 3
    assert len(list(kept.versions(shelf.folder, "fruit"))) == 1
    assert len(list(kept.versions(shelf.folder, "stones"))) == 3
    assert np.unique([one.document.sha256 for one in kept.versions(shelf.folder, "stones")]).size == 3


TEXT = st.text(alphabet="ab Pearsripen.\n-[3]", max_size=30)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["Pears ripened", "in nine weeks", "[3]."]), min_size=1, max_size=3), st.data())
def test_whatever_is_put_in_around_a_quote_it_is_found_and_quotes_exactly(
    parts: list[str], data: st.DataObject
) -> None:
    """Parts of a quote, as over a page break, in either order of reading, with any text between, before and behind."""
    order = data.draw(st.permutations(range(len(parts))))
    old, new = "", ""
    spans: dict[int, Span] = {}
    for number in order:
        between = data.draw(TEXT)
        old += between
        spans[number] = Span(len(old), len(old) + len(parts[number]))
        old += parts[number]
        at = data.draw(st.integers(0, len(between)))
        new += between[:at] + data.draw(TEXT) + between[at:] + parts[number]
    new += data.draw(TEXT)
    quoted = Sentence(" ".join(parts), tuple(spans[number] for number in range(len(parts))))
    citation = Citation(Document("a", "old", old), "", quoted)
    row = answer_record.quote_row(citation)
    document = Document("a", "new", new)
    passages = (Passage("a", "", "body", (Sentence(new, (Span(0, len(new)),)),), (Span(0, len(new)),)),)
    now, times = fates.found_again(row, document, passages, len(old))
    assert now is not None
    assert list(now.quote) == row["quote"] == parts
    assert 1 <= times <= new.count(parts[order[0]])
