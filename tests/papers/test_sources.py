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

from qa.papers.sources import Source, decode, extractor_of, read_bibliography, read_document, sha256, sources_in
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


# --- the folder


def test_papers_of_a_folder_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.txt", "a.PDF", "c d.pdf", ".hidden.txt", "note.md", "corpus.bib~", "txt", "x.txt.part"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "corpus.bib").write_text("@article{k, title={On Bees}, file={b.txt}}", "utf-8")
    sources = sources_in(tmp_path)
    assert [(s.id, s.path.name) for s in sources] == [("a", "a.PDF"), ("b", "b.txt"), ("c d", "c d.pdf")]
    assert [dict(s.metadata) for s in sources] == [{}, {"title": "On Bees", "key": "k"}, {}]


def test_two_files_with_one_id(tmp_path: Path) -> None:
    for name in ("a.txt", "a.pdf"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(SourceError, match=r"a\.pdf and .*a\.txt would both be called 'a'; rename"):
        sources_in(tmp_path)


def test_a_folder_that_is_gone_or_empty(tmp_path: Path) -> None:
    assert sources_in(tmp_path) == ()
    with pytest.raises(SourceError, match="gone is not a folder"):
        sources_in(tmp_path / "gone")


# --- the bibliography


def bibliography(folder: Path, text: str) -> dict[str, dict[str, str]]:
    path = folder / "corpus.bib"
    path.write_text(text, "utf-8")
    return read_bibliography(path)


def test_a_missing_bibliography_says_nothing(tmp_path: Path) -> None:
    assert read_bibliography(tmp_path / "corpus.bib") == {}
    assert bibliography(tmp_path, "") == {}


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("a.pdf", ["a.pdf"]),
        (":a.pdf:PDF", ["a.pdf"]),
        (":papers/2019/a.pdf:PDF", ["a.pdf"]),
        ("Full Text PDF:files/12/a b.pdf:application/pdf", ["a b.pdf"]),
        ("Full:files/1/a.pdf:application/pdf;Snapshot:files/2/a.html:text/html", ["a.pdf"]),
        (":a.pdf:PDF;:b.txt:Text", ["a.pdf", "b.txt"]),
        ("a.pdf; b.txt", ["a.pdf", "b.txt"]),
        (r":C\:/Users/me/a.pdf:PDF", ["a.pdf"]),
        (r"my\_paper_2.PDF", ["my_paper_2.PDF"]),
        ("Müller 2019.pdf", ["Müller 2019.pdf"]),
        (r":C\:\\Users\\me\\a.pdf:PDF", ["a.pdf"]),
        (":a--b.pdf:PDF", ["a--b.pdf"]),
        (":a & b.pdf:PDF", ["a & b.pdf"]),
        (":50% more~.pdf:PDF", ["50% more~.pdf"]),
        (r"one\; two.pdf", ["one; two.pdf"]),
        ("{a.pdf}", ["a.pdf"]),
        ("a.html", []),
        ("", []),
    ],
)
def test_file_fields_of_jabref_and_zotero(tmp_path: Path, field: str, names: list[str]) -> None:
    found = bibliography(tmp_path, f"@article{{k, title = {{T}}, file = {{{field}}}}}")
    assert found == {name: {"title": "T", "key": "k"} for name in names}


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        (r"The {DNA} of {\"O}sterreich", "The DNA of Österreich"),
        (r"5\% of \alpha-cells \& {\'e}t\'e", "5% of α-cells & été"),
        ("5% of owls, 20\\% of bats", "5% of owls, 20% of bats"),
        ("On owls\n      and   bats", "On owls and bats"),
        ("Eulen und Mäuse – α", "Eulen und Mäuse – α"),
    ],
)
def test_titles_are_read_without_latex(tmp_path: Path, title: str, plain: str) -> None:
    found = bibliography(tmp_path, f"@article{{k, title = {{{title}}}, file = {{a.txt}}}}")
    assert found["a.txt"]["title"] == plain


def test_the_fields_that_are_kept(tmp_path: Path) -> None:
    text = (
        '@string{x = "y"}\n@comment{none}\n@Article{low19,\n  Title = {Owls}, AUTHOR = "Low, A. and Lee, B.",\n'
        "  year = 2019, journal = {J Owls}, volume = {}, note = {mine},\n  FILE = {a.txt}}\n"
        "@book{other, title = {No file}}"
    )
    fields = {"title": "Owls", "author": "Low, A. and Lee, B.", "year": "2019", "journal": "J Owls", "key": "low19"}
    assert bibliography(tmp_path, text) == {"a.txt": fields}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("@article{a,\n title={A}, file={a.txt}}\n\n@article{b,\n title={B\n", 4),
        ("@article{a,\n title={A},\n\n@article{b, title={B}, file={b.txt}}\n", 1),
        ("@article{a, title={A}, file={a.txt}}\n@article{a, title={B}, file={b.txt}}\n", 2),
        ("\n\n@article{a, title={A}, title={B}, file={a.txt}}\n", 3),
        ("@article{a, title={A} file={a.txt}}\n", 1),
    ],
)
def test_a_broken_bibliography_says_the_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(SourceError, match=rf"corpus\.bib, line {line}: this entry cannot be read \(.+\)"):
        bibliography(tmp_path, text)


def test_a_bibliography_that_is_not_utf8_names_file_and_byte(tmp_path: Path) -> None:
    (tmp_path / "corpus.bib").write_bytes(b"@article{k, title={caf\xe9}}")
    with pytest.raises(SourceError, match=r"corpus\.bib is not UTF-8: byte 22 is 0xe9"):
        sources_in(tmp_path)
    assert decode(Path(__file__)).startswith('"""Files become documents')


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
