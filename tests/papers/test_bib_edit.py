"""One paper's fields are edited, and every other byte of the bibliography stays."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.papers.bib_edit import edited, typed
from qa.papers.bibliography import parse
from qa.types import SourceError

A = PurePath("a.txt")
ZOTERO = (
    "@string{jo = {J Owls}}\n% mine\n\n"
    "@article{low19,\n\ttitle = {On the {DNA} of owls},\n\tvolume = {7},\n\tjournal = jo,\n"
    "\tauthor = {Low, Ann and {Food and Owl Office}},\n\tyear = {2019},\n\tnote = {read  it},\n"
    "\tfile = {Full Text:files/12/a.txt:text/plain},\n}\n\n"
    "@misc{other, title = {Bats}, file = {b.txt}}\n"
)


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"year": "2020"}, "{2019}", "{2020}"),
        ({"title": "The DNA of owls & bats"}, "{On the {DNA} of owls}", r"{The {DNA} of owls \& bats}"),
        ({"author": "Low, Ann and Lee, B."}, "Low, Ann and {Food and Owl Office}", "Low, Ann and Lee, B."),
        ({"doi": "10.1000/a_b"}, "text/plain},\n", "text/plain},\n\tdoi = {10.1000/a_b},\n"),
        ({"year": ""}, "\n\tyear = {2019},", ""),
    ],
    ids=str,
)
def test_only_the_field_that_changes_is_rewritten(changes: dict[str, str], before: str, after: str) -> None:
    assert ZOTERO.count(before) == 1
    assert edited(ZOTERO, A, changes) == ZOTERO.replace(before, after)


@pytest.mark.parametrize(
    ("entry", "changes", "after"),
    [
        (
            "@misc{k, title={T}, file={a.txt}}",
            {"year": "2019"},
            "@misc{k, title={T}, file={a.txt}, year={2019}}",
        ),
        (
            "@misc{k, title={T}, year = 2018, file={a.txt}}",
            {"year": "2019"},
            "@misc{k, title={T}, year = 2019, file={a.txt}}",
        ),
        (
            "@misc{k, title={T}, date={2018-05}, file={a.txt}}",
            {"year": "2019"},
            "@misc{k, title={T}, date={2019}, file={a.txt}}",
        ),
        (
            "@misc{k, title={T}, date={2018-05}, file={a.txt}}",
            {"year": ""},
            "@misc{k, title={T}, file={a.txt}}",
        ),
        (
            "@misc{k, title={T}, subtitle={S}, file={a.txt}}",
            {"title": "U: S"},
            "@misc{k, title={U}, subtitle={S}, file={a.txt}}",
        ),
        (
            "@misc{k, title={T}, subtitle={S}, file={a.txt}}",
            {"title": "U"},
            "@misc{k, title={U}, file={a.txt}}",
        ),
        (
            '@string{x = "Y"}\n@misc{k, title = x # { b}, file={a.txt}}',
            {"title": "Z"},
            '@string{x = "Y"}\n@misc{k, title = {Z}, file={a.txt}}',
        ),
        (
            "@misc{k,\n  title  = {T}\n  file   = {a.txt},\n}",
            {"doi": "10.1000/1"},
            "@misc{k,\n  title  = {T}\n  file   = {a.txt},\n  doi    = {10.1000/1},\n}",
        ),
        (
            "@misc(k, title={A}, title={B}, file={a.txt})",
            {"title": "C"},
            "@misc(k, title={C}, title={B}, file={a.txt})",
        ),
        (
            "@misc{k, title={T}, file={a.txt}, year={2018}}",
            {"year": "", "doi": "10.1000/1"},
            "@misc{k, title={T}, file={a.txt}, doi={10.1000/1},}",
        ),
        (
            '@misc{k, title="T", author = {M{\\"u}ller, J.}, file={a.txt}}',
            {"title": "Über"},
            '@misc{k, title={{\\"U}ber}, author = {M{\\"u}ller, J.}, file={a.txt}}',
        ),
    ],
)
def test_the_style_of_an_entry_is_kept(entry: str, changes: dict[str, str], after: str) -> None:
    text = f"\ufeff% first\r\n{entry}\r\n@misc{{z, title = {{Z}}, file = {{z.txt}}}}"
    assert edited(text, A, changes) == text.replace(entry, after)


def test_a_paper_without_an_entry_gets_one_with_a_fresh_key() -> None:
    text = "@misc{low2019, title = {T}, file = {b.txt}}"
    changes = {"title": "Owls", "author": "Löw, A.", "year": "2019", "doi": ""}
    after = edited(text, PurePath("files/1/a b.txt"), changes)
    assert after.startswith(text)
    found = parse(after, "")
    assert found.metadata_of(PurePath("files/1/a b.txt")) == {
        "title": "Owls", "author": "Löw, A.", "year": "2019", "key": "low2019a",
    }  # fmt: skip
    assert found.faults == ()
    assert edited("", A, {"title": "Owls"}) == "@article{a,\n  title = {Owls},\n  file  = {a.txt},\n}\n"
    assert "\n" not in edited("% Eulen\r\n", A, {"title": "Owls"}).replace("\r\n", "")


@pytest.mark.parametrize(
    ("text", "changes", "reason"),
    [
        ("@misc{k, title={T}, file={a.txt}\n@misc{l, title={L}}", {"title": "U"}, "line 1.*'k' is left out"),
        ("@misc{k, title={T}, file={a.txt}}", {"title": "The <i>owl</i>"}, "exactly the same is read back"),
        ("@book{p, year={1999}, title={P}}@misc{k, title={T}, crossref={p}, file={a.txt}}", {"year": ""}, "entry 'p'"),
    ],
)
def test_what_cannot_be_written_is_refused(text: str, changes: dict[str, str], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        edited(text, A, changes)


def test_an_inherited_value_is_overridden_and_the_parent_stays() -> None:
    text = "@book{p, year={1999}, title={P}}\n@incollection{k, title={T}, crossref={p}, file={a.txt}}"
    after = edited(text, A, {"year": "2001"})
    assert parse(after, "").metadata_of(A)["year"] == "2001"
    assert after.startswith("@book{p, year={1999}, title={P}}\n")


def test_of_several_entries_the_one_that_is_used_is_edited() -> None:
    text = "@misc{k, title={A}, file={a.txt}}\n@misc{k, title={B}, file={a.txt}}"
    assert edited(text, A, {"title": "C"}) == text.replace("{A}", "{C}")


def test_a_faulty_neighbour_stays_as_it_is() -> None:
    text = "@misc{x, title={X} year=1}\n@misc{k, title={T}, file={a.txt}}\n@misc{y, title {Y}}\n"
    assert edited(text, A, {"title": "U"}) == text.replace("{T}", "{U}")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40)
NAMES = st.sampled_from(["Löw, A.", "Lee, B.", "Ng", "others", "O'Neill & Sons"])
SOME = st.fixed_dictionaries(
    {"title": WORDS.filter(lambda text: any(map(str.isalnum, text)))},
    optional={
        "author": st.lists(NAMES, max_size=4).map("\n".join),
        "year": st.integers(1500, 2099).map(str) | st.just(""),
        "doi": st.sampled_from(["", "10.1000/x_1", "https://doi.org/10.1016/S0140(05)67394-1", "10.1002/a<b>;2-%23"]),
    },
)
ENTRIES = st.sampled_from(
    [
        "@article{k,\n  title = {T},\n  year   = {2000},\n  file = {a.txt},\n}",
        "@misc{k, file={a.txt}, title={T}}",
        '@book{k, title = "T {DNA}" # x, date = {2018-05-03}, author = {M{\\"u}ller, J.}, file = {:a.txt:PDF}}',
        "@inproceedings{k, title={T}, subtitle={S}, crossref={p}, doi = {10.1000/z}, note={{{o}}}, file={b.txt;a.txt}}",
        "",
    ]
)
AROUND = st.sampled_from(
    ["", "% words of me@home\n", "@string{x = {y}}\n", "@comment{jabref-meta: x}\n", "@misc{bad, title {X}}\n",
     "@proceedings{p, title={P}, year={1999}}\r\n", "@misc{c, title={Caf\\'e}, file={c.txt}}\n", "\n\n"]
)  # fmt: skip


@settings(deadline=None)
@given(ENTRIES, st.lists(AROUND, max_size=4), st.lists(AROUND, max_size=4), SOME)
def test_what_is_typed_is_read_back_and_all_else_stays(
    entry: str, before: list[str], after: list[str], some: dict[str, str]
) -> None:
    head, tail = "".join(before), "\n" + "".join(after)
    text = head + entry + tail
    changes = {name: value for name, value in typed(some).items() if name in some}
    try:
        found = edited(text, A, changes)
    except SourceError:
        assert "bad" in text or set("<&") & set(changes["title"]) or ("crossref" in entry and "" in changes.values())
        return
    known = parse(found, "").metadata_of(A)
    assert {name: known.get(name, "") for name in changes} == changes
    if entry:
        assert found.startswith(head)
        assert found.endswith(tail)
        assert "file" in found[len(head) : len(found) - len(tail)]
    else:
        assert found.startswith(text)


@settings(deadline=None)
@given(st.text("aÄß5 -–'`\"%&#_$~^\\{}<>()[]?!:;,.=@×≤α⁶+/|*", min_size=1, max_size=30))
def test_nearly_every_sign_can_be_written(words: str) -> None:
    """What looks like a tag, or like an entity, is markup to the reader, and nothing else is refused."""
    title = typed({"title": f"a {words}"})["title"]
    if "<" in title and ">" in title:
        return
    for text in ("@misc{k, title={T}, file={a.txt}}", '@misc{k, title={M{\\"u}}, file={a.txt}}', ""):
        assert parse(edited(text, A, {"title": title}), "").metadata_of(A)["title"] == title


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"title": " - "}, "needs a title"),
        ({"title": "T", "year": "19"}, "no year"),
        ({"title": "T", "year": "２０１９"}, "no year"),
        ({"title": "T", "doi": "11.1/x"}, "no DOI"),
        ({"title": "T" * 1001}, "longer"),
    ],
)
def test_what_is_typed_wrongly_is_said(values: dict[str, str], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        typed(values)


def test_authors_are_typed_one_a_line_or_with_and() -> None:
    assert typed({"title": "T", "author": "Low,  Ann\n\nLee, B. and Ng\n"})["author"] == "Low, Ann and Lee, B. and Ng"
    assert typed({"title": "T", "doi": " https://doi.org/10.1000/X "})["doi"] == "10.1000/X"
