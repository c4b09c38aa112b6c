"""What a bibliography says of papers; a fault costs its entry at most, and is named with its line."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePath

import pytest

from qa.papers.bibliography import Bibliography, parse, read_bibliography, without_entries_of


def bibliography(folder: Path, text: str) -> Bibliography:
    path = folder / "corpus.bib"
    path.write_bytes(text.encode())
    return read_bibliography(path)


def fields(text: str, file: str = "a.txt") -> dict[str, str]:
    """What a bibliography without a fault says of a file."""
    found = parse(text, "corpus.bib")
    assert found.faults == ()
    return found.metadata_of(PurePath(file))


def test_a_missing_bibliography_says_nothing(tmp_path: Path) -> None:
    assert read_bibliography(tmp_path / "corpus.bib") == bibliography(tmp_path, "") == Bibliography()


# --- which file an entry is of


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("a.pdf", ["a.pdf"]),
        (":a.pdf:PDF", ["a.pdf"]),
        (":papers/2019/a.pdf:PDF", ["a.pdf"]),
        ("Full Text PDF:files/12/a b.pdf:application/pdf", ["a b.pdf"]),
        ("a b.pdf:files/12/a b.pdf:application/pdf", ["a b.pdf"]),
        ("Full:files/1/a.pdf:application/pdf;Snapshot:files/2/a.html:text/html", ["a.pdf"]),
        (":a.pdf:PDF;:b.txt:Text", ["a.pdf", "b.txt"]),
        ("a.pdf; b.txt", ["a.pdf", "b.txt"]),
        (r":C\:/Users/me/a.pdf:PDF", ["a.pdf"]),
        (r"my\_paper_2.PDF", ["my_paper_2.PDF"]),
        (r"my{\_}paper.pdf", ["my_paper.pdf"]),
        ("Müller 2019.pdf", ["Müller 2019.pdf"]),
        (r"K{\"u}hne.pdf", ["Kühne.pdf"]),
        (r":/home/me/Garc{\'i}a - Stra{\ss}e.pdf:application/pdf", ["García - Straße.pdf"]),
        (r":C\:\\Users\\me\\a.pdf:PDF", ["a.pdf"]),
        (r":C\:\\Users\\me\\K{\"u}hne.pdf:PDF", ["Kühne.pdf"]),
        (":a--b.pdf:PDF", ["a--b.pdf"]),
        (":a & b.pdf:PDF", ["a & b.pdf"]),
        (":50% more~.pdf:PDF", ["50% more~.pdf"]),
        (r"one\; two.pdf", ["one; two.pdf"]),
        ("one; two: three.pdf", ["one; two: three.pdf"]),
        ("{a.pdf}", ["a.pdf"]),
        ("a.pdf", ["a.PDF", "A.pdf"]),
        ("A.PDF", ["a.pdf"]),
    ],
)
def test_file_fields_of_reference_managers(field: str, names: list[str]) -> None:
    found = parse(f"@article{{k, title = {{T}}, file = {{{field}}}}}", "")
    for name in names:
        for form in ("NFC", "NFD"):
            on_disk = PurePath(unicodedata.normalize(form, name))
            assert found.metadata_of(on_disk) == {"title": "T", "key": "k"}
            assert found.metadata_of("somewhere" / on_disk) == {"title": "T", "key": "k"}


@pytest.mark.parametrize("field", ["a.html", "", "b.pdf", "not a.pdf", "a.pdf/b.html"])
def test_a_file_that_no_entry_names(field: str) -> None:
    assert fields(f"@article{{k, title = {{T}}, file = {{{field}}}}}", "a.pdf") == {}


def test_the_file_of_an_entry_in_the_other_normal_form() -> None:
    text = unicodedata.normalize("NFD", "@misc{k, title = {Über}, file = {Früh.txt}}")
    assert fields(text, "Früh.txt") == {"title": "Über", "key": "k"}


def test_of_two_files_with_one_name_each_has_the_entry_with_its_folder() -> None:
    text = "".join(
        f"@misc{{k{n}, title = {{T{n}}}, file = {{full.pdf:files/{n}/full.pdf:application/pdf}}}}\n" for n in (12, 13)
    )
    assert [fields(text, name)["key"] for name in ("files/12/full.pdf", "files/13/full.pdf", "full.pdf")] == [
        "k12",
        "k13",
        "k12",
    ]


# --- what it says


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        (r"The {DNA} of {\"O}sterreich", "The DNA of Österreich"),
        (r"5\% of \alpha-cells \& {\'e}t\'e", "5% of α-cells & été"),
        ("5% of owls, 20\\% of bats", "5% of owls, 20% of bats"),
        ("On owls\n      and   bats", "On owls and bats"),
        ("Eulen und Mäuse – α", "Eulen und Mäuse – α"),
        (r"\emph{In vivo} \textit{E. coli} {\it and} \textsc{Owls}", "In vivo E. coli and Owls"),
        ('<i>In vivo</i> H<sub>2</sub>O <span class="nocase">DNA</span>', "In vivo H2O DNA"),
        (r"Ages 1--2, p < 0.05 and n > 3", "Ages 1–2, p < 0.05 and n > 3"),
        ("``Owls'' of M{\\\"u}nchen, Stra{\\ss}e \\'{e} \\v{c}", "“Owls” of München, Straße é č"),
        (r"{{$\alpha$}}-cells, {$\beta$}2, H$_2$O, $^{18}$F, Ca$^{2+}$", "α-cells, β2, H2O, 18F, Ca2+"),
        (r"10$^{6}$ cells, 10\textsuperscript{-3} M and 10<sup>6</sup>", "10⁶ cells, 10⁻³ M and 10⁶"),
        (r"{\textgreater}5 mg, {$<$}5 mg, $\geq$ 5", ">5 mg, <5 mg, ≥ 5"),
        ("Owls & bats cost $5 to $10, or $5", "Owls & bats cost $5 to $10, or $5"),
        (r"Owls \&amp; bats &lt; 5", "Owls & bats < 5"),
        (r"\href{https://owls.example}{Owls} at \url{owls.example}", "Owls at owls.example"),
        ("Owls~at night, re\\-read", "Owls at night, reread"),
        (r"C\# and Owls\_2", "C# and Owls_2"),
    ],
)
def test_titles_are_read_without_markup(title: str, plain: str) -> None:
    assert fields(f"@article{{k, title = {{{title}}}, file = {{a.txt}}}}")["title"] == plain


def test_the_fields_that_are_kept() -> None:
    text = (
        '@string{x = "y"}\n@comment{none}\n@Article{low19,\n  Title = {Owls}, AUTHOR = "Low, A. and Lee, B.",\n'
        "  year = 2019, journal = {J Owls}, volume = {}, note = {mine},\n  FILE = {a.txt}}\n"
        "@book{other, title = {No file}}"
    )
    known = {"title": "Owls", "author": "Low, A. and Lee, B.", "year": "2019", "journal": "J Owls", "key": "low19"}
    assert fields(text) == known


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("date = {2018-05-03}", {"year": "2018"}),
        ("date = {2018/2019}", {"year": "2018"}),
        ("date = {../2019}", {"year": "2019"}),
        ("date = {circa 2018}", {"year": "2018"}),
        ("date = 2018", {"year": "2018"}),
        ("date = {2018~}, year = {2017}", {"year": "2017"}),
        ("date = {in press}", {}),
        ("journaltitle = {J Owls}, shortjournal = {JO}", {"journal": "J Owls"}),
        ("author = {family=Beek, given={Jan P.}, prefix=van and Lee, Bo}", {"author": "van Beek, Jan P. and Lee, Bo"}),
        ("% so it was\n  year = 2018", {"year": "2018"}),
        ("shortjournal = {JO}, issue = 3", {"journal": "JO", "number": "3"}),
        ("subtitle = {A Tale}", {"title": "T: A Tale"}),
        ("subtitle = {T}", {}),
        ("doi = {https://doi.org/10.1000/a\\_b}", {"doi": "10.1000/a_b"}),
        ("doi = {10.1000/a{\\_}b--c}", {"doi": "10.1000/a_b--c"}),
        ('journal = "J " # {X}', {"journal": "J X"}),
        ('journal = jo # " B"', {"journal": "J Owls B"}),
        ("journal = JO", {"journal": "J Owls"}),
        ('volume = 1 # "-" # 2, journal = "in " # may', {"volume": "1-2", "journal": "in May"}),
    ],
)
def test_fields_of_biblatex_and_joined_values(written: str, known: dict[str, str]) -> None:
    text = f'@string{{jo = "J " # {{Owls}}}}\n@article{{k, title = {{T}}, {written}, file = {{a.txt}}}}'
    assert fields(text) == {"title": "T", "key": "k"} | known


def test_a_title_that_asks_has_no_colon_behind_it() -> None:
    assert fields("@misc{k, title={Why owls?}, subtitle={A tale}, file={a.txt}}")["title"] == "Why owls? A tale"


PARENT = "@proceedings{p, title = {Owls}, subtitle = {1999}, date = {1999-05}, doi = {10.1/p}, file = {p.pdf}}\n"
CHILD = "@inproceedings{c, title = {Bats}, crossref = {P}, file = {a.txt}}\n"


@pytest.mark.parametrize("text", [PARENT + CHILD, CHILD + PARENT], ids=["parent first", "child first"])
def test_an_entry_inherits_from_its_parent(text: str) -> None:
    assert fields(text) == {"title": "Bats", "booktitle": "Owls: 1999", "year": "1999", "key": "c"}
    assert fields(text, "p.pdf")["title"] == "Owls: 1999"


def test_what_an_entry_says_itself_wins() -> None:
    text = CHILD.replace("title", "date = {2001}, booktitle = {Mine}, title", 1) + PARENT
    assert fields(text) == {"title": "Bats", "booktitle": "Mine", "year": "2001", "key": "c"}


def test_inheritance_from_data_entries_and_a_periodical() -> None:
    text = (
        "@xdata{x, journaltitle = {J Owls}, xdata = {y}}\n@xdata{y, year = 2003, journaltitle = {no}, volume = 7}\n"
        "@periodical{per, title = {Bats Weekly}, year = 2004}\n"
        "@article{a, title = {A}, xdata = {x, y}, file = {a.txt}}\n"
        "@article{b, title = {B}, crossref = {per}, file = {b.txt}}\n"
    )
    assert fields(text) == {"title": "A", "journal": "J Owls", "year": "2003", "volume": "7", "key": "a"}
    assert fields(text, "b.txt") == {"title": "B", "journal": "Bats Weekly", "year": "2004", "key": "b"}


def test_parents_of_each_other_and_missing_ones_do_no_harm() -> None:
    text = (
        "@book{a, title = {A}, crossref = {b}, file = {a.txt}}\n@book{b, title = {B}, year = 1, crossref = {a}}\n"
        "@book{c, title = {C}, xdata = {c}, crossref = {nowhere}, file = {c.txt}}"
    )
    assert fields(text) == {"title": "A", "booktitle": "B", "year": "1", "key": "a"}
    assert fields(text, "c.txt") == {"title": "C", "key": "c"}


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "\ufeff{}",
        "% Zotero's report: {{unbalanced\n{}",
        '@comment{{jabref-meta: databaseType:biblatex;}}\n{}\n@preamble{{"\\newcommand"}}',
        "@comment{{\n{}\n}}",
        "Words, as of me@home.example.\n{}\n-- the end",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_stands_around_the_entries(tmp_path: Path, around: str, newline: str) -> None:
    entry = "@article{k,\n  title = {Owls\n  and bats},\n  file = {a.txt}\n}\n@article{l, title = {L}, file = {l.txt}}"
    found = bibliography(tmp_path, around.format(entry).replace("\n", newline))
    assert found.faults == ()
    assert found.metadata_of(PurePath("a.txt")) == {"title": "Owls and bats", "key": "k"}
    assert found.metadata_of(PurePath("l.txt")) == {"title": "L", "key": "l"}


# --- faults

NEXT = "@article{z, title = {Z}, file = {z.txt}}\n"
A = {"title": "A", "key": "a"}


@pytest.mark.parametrize(
    ("text", "line", "reason", "known"),
    [
        ("@article{a,\n title={A},\n file={a.txt}\n", 1, "'a' is left out: it is not closed", {}),
        ("\n\n@article{a,\n title={A, file={a.txt}\n}\n", 3, "it is not closed", {}),
        ('@article{a,\n title="A, file={a.txt}}\n', 1, "it is not closed", {}),
        ("@article{a\n title={A}, file={a.txt}}\n", 1, "a comma is missing behind its key", {}),
        ("@article{a,\n title={A},\n file {a.txt}}\n", 1, "near line 3 a field is not written as", {}),
        (
            "@article{a,\n title={A}\n file={a.txt}}\n",
            2,
            "missing between `title` and `file` in the entry 'a' of line 1",
            A,
        ),
        ("@article{a, title={A}, year=2018 file={a.txt}}\n", 1, "between `year` and `file`", A | {"year": "2018"}),
        (
            "@article{a,\n title={A} {B}, file={a.txt}}\n",
            2,
            "the value of `title` in the entry 'a' of line 1 does not end",
            A,
        ),
        ("@article{a,\n title={A},\n title={B}, file={a.txt}}\n", 3, "'a' of line 1 has the field `title` twice", A),
        ("@article{a,\n title={A},\n Title={B}, file={a.txt}}\n", 3, "'a' of line 1 has the field `title` twice", A),
        ("@article{a, title={A}, file={a.txt}}\n@book{a, title={B}}\n", 2, "line 1; only that one is used", A),
        ("@misc{a, title={A}, file={a.txt}}\n\n@misc{b, title={B}, file={a.txt}}\n", 3, "named by the entry 'a' in", A),
        ("@article{a,\n title={A}},\n file={a.txt}}\n", 2, "fields outside of any entry, so 'a' lacks them", {}),
        ("@string{x = {y}\n", 1, "@string is left out: it is not closed", {}),
        ("@article a, title = {A}, file={a.txt}\n", 1, "@article is left out: no { follows it", {}),
        (
            "@article{a, title={A},\n journal=owls, file={a.txt}}\n",
            2,
            "`owls`, the `journal` of the entry 'a' of line 1, is no abbreviation",
            A | {"journal": "owls"},
        ),
    ],
)
def test_a_fault_costs_its_entry_at_most_and_says_the_line(
    text: str, line: int, reason: str, known: dict[str, str], tmp_path: Path
) -> None:
    found = bibliography(tmp_path, text + NEXT)
    (fault,) = found.faults
    assert str(fault).startswith(f"corpus.bib, line {line}: ")
    assert reason in fault.reason
    assert found.metadata_of(PurePath("a.txt")) == known
    assert found.metadata_of(PurePath("z.txt")) == {"title": "Z", "key": "z"}
    (last,) = bibliography(tmp_path, NEXT + text).faults
    assert last.line == line + 1


def test_two_entries_with_one_key_and_two_files_are_both_read() -> None:
    found = parse("@misc{k, title={A}, file={a.txt}}\n@misc{k, title={B}, file={b.txt}}", "corpus.bib")
    assert [found.metadata_of(PurePath(name))["title"] for name in ("a.txt", "b.txt")] == ["A", "B"]
    (fault,) = found.faults
    assert str(fault).startswith(
        "corpus.bib, line 2: the key 'k' is already that of the entry in line 1; both are used"
    )


def test_entries_without_a_key_are_no_fault() -> None:
    text = "@misc{, title={A}, file={a.txt}}\n@misc{, title={B}, file={b.txt}}"
    assert (fields(text)["title"], fields(text, "b.txt")["title"]) == ("A", "B")


def test_numbers_and_the_names_of_months_are_no_unknown_abbreviations() -> None:
    text = "@string{owl = {J Owls}}\n@misc{k, title={A}, journal = owl # { B}, year = 2018, month = may, file={a.txt}}"
    found = parse(text, "corpus.bib")
    assert not found.faults
    assert found.metadata_of(PurePath("a.txt"))["journal"] == "J Owls B"


def test_braces_in_a_title_are_no_missing_comma() -> None:
    assert fields("@misc{k, title={The {A} n = {3} trial}, file={a.txt}}")["title"] == "The A n = 3 trial"


def test_all_faults_are_named_in_the_order_of_their_lines() -> None:
    text = "@misc{a, title={A} year=1}\n@misc{a, title={B},\n@misc{c, note={1}, note={2}}\n@misc{c, title={D}}\n"
    assert [fault.line for fault in parse(text, "").faults] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("@misc{k,\n title={Café}}".encode("cp1252"), "corpus.bib is not UTF-8: byte 20 is 0xe9, in line 2; .*1252"),
        ("@misc{k, title={Café}}".encode("utf-16"), "corpus.bib is not UTF-8: .* UTF-16 .*`iconv -f UTF-16 -t UTF-8`"),
    ],
    ids=["Windows-1252", "UTF-16"],
)
def test_a_bibliography_that_is_not_utf8_is_one_fault(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "corpus.bib").write_bytes(data)
    found = read_bibliography(tmp_path / "corpus.bib")
    assert (found.entries, len(found.faults)) == ((), 1)
    assert re.match(reason, str(found.faults[0]))


def test_a_folder_in_the_place_of_a_bibliography_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "corpus.bib").mkdir()
    (fault,) = read_bibliography(tmp_path / "corpus.bib").faults
    assert str(fault).startswith("corpus.bib cannot be read: ")


# --- taking entries out


@pytest.mark.parametrize(
    "entry",
    [
        "@misc{a, title={A}, file={a.txt}}",
        "@misc{z, title={A}, file={a.txt}}",
        "@misc{a, title={A},\n title={B} file={a.txt}}",
        "@misc(a, title={A}, file={x/a.txt})",
        "@misc{a, file={a.txt; x/a.txt}}",
        "@misc{a, file={a.txt}}\n\n@misc{b, file={a.txt}}",
    ],
)
def test_the_entries_of_a_file_are_cut_out_and_nothing_else(entry: str) -> None:
    before, after = "\ufeff% {mine\r\n" + NEXT + "@misc{broken, title={\n", "@misc{y, file={b.txt}}\r\n% the end"
    assert without_entries_of(f"{before}{entry}\n\n{after}", PurePath("a.txt")) == before + after
