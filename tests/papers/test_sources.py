"""Files become documents; what cannot be read raises a `SourceError` that names the file, and nothing else."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from qa.papers.files import sha256
from qa.papers.sources import Source, extractor_of, read_corpus, read_document, sources_in
from qa.types import Document, SourceError, Span
from tests.papers.minimal import OWLS, pdf


def source(path: Path, content: bytes) -> Source:
    path.write_bytes(content)
    return Source(path.stem, path, {})


def encrypted(data: bytes, user: str, owner: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(user, owner, algorithm=algorithm)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


# --- text files


@pytest.mark.parametrize(
    "text",
    ["one\r\ntwo\r\n", "\ufeffone\ntwo", "one\rtwo\x0c\x0bthree\u2028four", " one ", "e\u0301 \ufb01 \U0001d49c\x00"],
    ids=ascii,
)
def test_raw_is_the_file_to_the_letter(tmp_path: Path, text: str) -> None:
    document = read_document(source(tmp_path / "a.txt", text.encode()))
    assert document.raw == text
    assert document.raw.encode() == (tmp_path / "a.txt").read_bytes()
    assert (document.id, document.extractor, document.page_starts, document.layout) == ("a", "utf-8", (), ())
    assert document.sha256 == sha256(tmp_path / "a.txt") == hashlib.sha256(text.encode()).hexdigest()


def test_lines_are_counted_with_every_kind_of_break(tmp_path: Path) -> None:
    document = read_document(source(tmp_path / "a.txt", b"one\r\ntwo\rthree\nfour"))
    place = document.locate(Span(document.raw.index("two"), document.raw.index("four") + 1))
    assert (place.page, place.first_line, place.last_line) == (None, 2, 4)


@pytest.mark.parametrize(
    ("content", "byte"),
    [
        (b"caf\xe9", "byte 3 is 0xe9"),
        (b"\xff\xfea\x00", "byte 0 is 0xff"),
        (b"one \xc3", "byte 4 is 0xc3"),
        (b"\xed\xa0\x80", "byte 0 is 0xed"),
    ],
)
def test_text_that_is_not_utf8_names_file_and_byte(tmp_path: Path, content: bytes, byte: str) -> None:
    paper = source(tmp_path / "a.txt", content)
    with pytest.raises(SourceError, match=r"a\.txt is not UTF-8") as caught:
        read_document(paper)
    assert byte in str(caught.value)
    assert "iconv" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b" \r\n\n", b"\xef\xbb\xbf", b"...\n--"])
def test_a_text_without_a_word_is_empty(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"a\.txt is empty"):
        read_document(source(tmp_path / "a.txt", content))


@pytest.mark.parametrize("name", ["gone.txt", "gone.pdf"])
def test_a_file_that_is_gone(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=rf"{name} cannot be read: No such file"):
        read_document(Source("gone", tmp_path / name, {}))


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        ("utf-16", "byte 0 is 0xff, with which a text in UTF-16 begins; .*`iconv -f UTF-16 -t UTF-8`"),
        ("utf-32", "byte 0 is 0xff, with which a text in UTF-32 begins; .*`iconv -f UTF-32 -t UTF-8`"),
        ("utf-16-be", "it has zero bytes as UTF-16BE has them; .*`iconv -f UTF-16BE -t UTF-8`"),
        ("utf-16-le", "it has zero bytes as UTF-16LE has them"),
        ("utf-32-le", "it has zero bytes as UTF-32LE has them"),
    ],
)
def test_a_text_in_utf16_is_called_so(tmp_path: Path, encoding: str, reason: str) -> None:
    with pytest.raises(SourceError, match=rf"a\.txt is not UTF-8: {reason}"):
        read_document(source(tmp_path / "a.txt", "Owls hunt at night – é.\n".encode(encoding)))


def test_what_another_program_made_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.txt is not UTF-8: .*save it as PDF or as UTF-8 text"):
        read_document(source(tmp_path / "a.txt", b"\x04Anna" + bytes(30) + b"\x01\x02" * 30))


def test_a_link_to_nothing_says_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere.txt")
    with pytest.raises(SourceError, match=r"a\.txt cannot be read: it is a link to .*nowhere\.txt, which is not there"):
        read_document(Source("a", tmp_path / "a.txt", {}))


def test_a_file_that_may_not_be_read_says_how_to_change_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SourceError, match=r"a\.txt cannot be read: Permission denied; .*`chmod u\+r .*a\.txt`"):
        read_document(Source("a", tmp_path / "a.txt", {}))


# --- the folder


def test_the_papers_of_a_folder_with_what_the_bibliography_says(tmp_path: Path) -> None:
    for name in ("b.txt", "a.PDF", "files/7/c d.pdf", "note.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    text = "@misc{k, title={On Bees}, file={b.txt}}\n@misc{k, title={C}, file={C:files/7/c d.pdf:application/pdf}}"
    (tmp_path / "corpus.bib").write_text(text, "utf-8")
    corpus = read_corpus(tmp_path)
    assert [(s.id, s.path.relative_to(tmp_path).as_posix()) for s in corpus.sources] == [
        ("a", "a.PDF"),
        ("b", "b.txt"),
        ("c d", "files/7/c d.pdf"),
    ]
    assert [dict(s.metadata) for s in corpus.sources] == [
        {},
        {"title": "On Bees", "key": "k"},
        {"title": "C", "key": "k"},
    ]
    note, fault = corpus.lines()
    assert note.startswith("Left out: note.md: .md files are not read")
    assert fault.startswith("corpus.bib, line 2: the key 'k'")
    assert sources_in(tmp_path) == corpus.sources


def test_very_many_faults_are_counted(tmp_path: Path) -> None:
    (tmp_path / "corpus.bib").write_text("@misc{k, note={n}}\n" * 32, "utf-8")
    lines = read_corpus(tmp_path).lines()
    assert len(lines) == 21
    assert lines[-1] == "corpus.bib: 11 more faults; `qa index status --json` names all of them"


def test_a_folder_that_is_gone_or_empty(tmp_path: Path) -> None:
    assert sources_in(tmp_path) == ()
    with pytest.raises(SourceError, match="gone is not a folder"):
        sources_in(tmp_path / "gone")


# --- PDF


def test_a_pdf_is_its_pages(tmp_path: Path) -> None:
    document = read_document(source(tmp_path / "a.pdf", OWLS))
    first, second = document.raw.split("\f")
    assert [first.splitlines(), second.splitlines()] == [
        ["The owl hunts by ear.", "It eats mice."],
        ["The bat eats moths."],
    ]
    assert document.page_starts == (0, len(first) + 1)
    assert document.extractor == extractor_of(tmp_path / "a.pdf")
    assert pypdf.__version__ in document.extractor
    for words, page in (("The owl", 1), ("mice.", 1), ("The bat", 2), ("moths.", 2)):
        start = document.raw.index(words)
        assert document.locate(Span(start, start + len(words))).page == page
    across = document.locate(Span(document.raw.index("mice"), document.raw.index("bat")))
    assert across.page == 1


@pytest.mark.parametrize(
    ("start", "labels"),
    [(1383, ("1383", "1384")), (1, ()), (0, ())],
    ids=["of a journal's volume", "as counted", "from 0, which no paper has"],
)
def test_printed_page_numbers(tmp_path: Path, start: int, labels: tuple[str, ...]) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(OWLS))
    numbers = [
        NumberObject(0),
        DictionaryObject({NameObject("/S"): NameObject("/D"), NameObject("/St"): NumberObject(start)}),
    ]
    writer.root_object[NameObject("/PageLabels")] = DictionaryObject({NameObject("/Nums"): ArrayObject(numbers)})
    file = io.BytesIO()
    writer.write(file)
    assert read_document(source(tmp_path / "a.pdf", file.getvalue())).page_labels == labels


def test_the_regions_of_a_pdf_hold_its_words_in_order(tmp_path: Path) -> None:
    bodies = [
        "The owl hunts by ear and it eats the mice that it\nhears in the snow of the long winter nights. It hears",
        "them under a span of snow, since its face is a dish\nthat gathers the sound for both of its ears, of which",
        "one is higher than the other. So it knows how far\ndown the mouse is, and strikes without seeing it.",
    ]
    pages = [f"Owl Journal {number}\n\n\n{body}" for number, body in enumerate(bodies, 1)]
    document = read_document(source(tmp_path / "a.pdf", pdf(*pages)))
    words = [document.raw[region.start : region.end] for region in document.layout]
    assert "".join("".join(words).split()) == "".join(document.raw.split())
    assert [text for text, region in zip(words, document.layout, strict=True) if region.kind == "head"] == [
        "Owl Journal 1",
        "Owl Journal 2",
        "Owl Journal 3",
    ]
    assert "body" in {region.kind for region in document.layout}


def test_a_page_without_text_among_others_keeps_its_number(tmp_path: Path) -> None:
    document = read_document(source(tmp_path / "a.pdf", pdf("", "The bat eats moths.", "")))
    assert (document.raw.strip("\f"), document.page_starts) == ("The bat eats moths.", (0, 1, 21))
    assert document.locate(Span(1, 4)).page == 2


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_that_needs_no_password_to_be_read(tmp_path: Path, algorithm: str) -> None:
    document = read_document(source(tmp_path / "a.pdf", encrypted(OWLS, "", "owner", algorithm)))
    assert document.raw.startswith("The owl hunts by ear.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(pdf("", ""), "has 2 pages and no text layer: a scan; run OCRmyPDF", id="scan"),
        pytest.param(pdf(), "has 0 pages and no text layer", id="no pages"),
        pytest.param(pdf("...", "--"), "is empty", id="no words"),
        pytest.param(encrypted(OWLS, "secret", "owner", "RC4-128"), "is encrypted; .*`qpdf --decrypt`", id="RC4"),
        pytest.param(encrypted(OWLS, "secret", "owner", "AES-256"), "is encrypted; .*`qpdf --decrypt`", id="AES"),
        pytest.param(OWLS[: len(OWLS) // 2], "is damaged", id="truncated"),
        pytest.param(OWLS[:9], "is damaged", id="header only"),
        pytest.param(b"%PDF-1.7\nThis is no PDF.", "is damaged", id="wrong content"),
        pytest.param(b"The owl hunts by ear.", "is not a PDF", id="text"),
        pytest.param(b"PK\x03\x04" + bytes(2000), "is not a PDF", id="archive"),
        pytest.param(b"", "is not a PDF", id="nothing"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=rf"{tmp_path}/a\.pdf {message}"):
        read_document(source(tmp_path / "a.pdf", content))


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(st.integers(0, len(OWLS) - 1), st.integers(0, 255)), max_size=8),
    st.integers(len(OWLS) // 4, len(OWLS)),
)
def test_any_damage_is_read_or_said(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], end: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.pdf"
    data = bytearray(OWLS)
    for offset, value in changes:
        data[offset] = value
    try:
        document = read_document(source(path, bytes(data if end % 2 else data[:end])))
    except SourceError as error:
        assert "damaged.pdf" in str(error)
    else:
        assert isinstance(document, Document)
        document.raw.encode()
        assert all(region.end <= len(document.raw) for region in document.layout)
