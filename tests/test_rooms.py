"""Data flows one way: what each module imports, read off its source (`ARCHITECTURE.md`, law 2)."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.rooms import FILES, FLOOR, INSIDE, ROOT, imports, inside, plan, table, with_plan, with_table

ROOMS = [name for name in FILES if name != "qa"]
"""All but the package itself, which only hands on the public names."""


def room(module: str) -> str:
    return module.split(".")[1]


def test_every_room_is_in_the_plan() -> None:
    assert {room(name) for name in ROOMS} == FLOOR.keys()
    assert len(FLOOR) <= 15


@pytest.mark.parametrize("package", INSIDE)
def test_every_part_of_a_package_is_in_its_plan(package: str) -> None:
    folder = FILES[f"qa.{package}"].parent
    parts = {p.stem for p in folder.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()} - {"__init__"}
    assert parts == inside(package).keys()


def test_every_package_has_a_plan() -> None:
    assert {name.removeprefix("qa.") for name in ROOMS if FILES[name].name == "__init__.py"} == INSIDE.keys()


@pytest.mark.parametrize("name", ROOMS)
def test_a_module_imports_from_no_higher_floor(name: str) -> None:
    """Neither of the house, nor of any package that holds both modules."""
    for used in imports(FILES[name]) & set(ROOMS):
        if room(used) != room(name):
            assert FLOOR[room(used)] < FLOOR[room(name)], f"{name} imports {used}"
            continue
        ours, theirs = name.split(".")[1:], used.split(".")[1:]
        for depth in range(1, min(len(ours), len(theirs))):
            if ours[:depth] == theirs[:depth] and ours[depth] != theirs[depth]:
                floors = inside(".".join(ours[:depth]))
                assert floors[theirs[depth]] < floors[ours[depth]], f"{name} imports {used}"


def test_the_plan_is_printed_wherever_it_stands() -> None:
    """If not: `python -m tests.rooms`."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert contributing == with_table(contributing)
    assert table() in contributing
    for package in INSIDE:
        source = FILES[f"qa.{package}"].read_text("utf-8")
        assert source == with_plan(package, source)
        assert plan(package) in source
        assert all(len(line) <= 120 for line in plan(package).splitlines())


@pytest.mark.parametrize("name", ROOMS)
def test_no_module_takes_the_way_round_by_the_package(name: str) -> None:
    assert "qa" not in imports(FILES[name])


def test_no_module_imports_itself_by_others() -> None:
    """Those for type checkers aside, which are never carried out."""
    graph = {name: imports(path, typing=False) & FILES.keys() for name, path in FILES.items() if name != "qa"}
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("qa.types") < order.index("qa.index.index") < order.index("qa.answers.assistant")
    assert order.index("qa.answers.assistant") < order.index("qa.cli")


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("sentence_transformers", {"index.reference", "training"}),
        ("transformers", {"index.reference", "training"}),
        ("torch", {"index.reference", "training"}),
        ("safetensors", {"index.reference", "training"}),
        ("onnx", {"training"}),
        ("onnxruntime", {"index.network", "training"}),
        ("tokenizers", {"index.minilm", "answers.inputs", "answers.cross_encoder", "training"}),
        ("faiss", {"index.dense"}),
        ("pymilvus", {"index.milvus"}),
        ("milvus_lite", {"index.milvus"}),
        ("ray", {"index.cluster"}),
        ("bm25s", set()),
        ("Stemmer", {"words"}),
        ("streamlit", {"web"}),
        ("fastapi", {"service.api", "service.server"}),
        ("starlette", {"service.api", "web"}),
        ("anyio", {"service.api"}),
        ("uvicorn", {"service.server"}),
        ("mcp", {"service.tools"}),
        ("mcp_types", {"service.tools"}),
        ("click", {"cli", "evaluation", "training"}),
        ("sklearn", {"evaluation", "training"}),
        ("scipy", {"evaluation"}),
        ("ir_measures", {"evaluation"}),
        ("matplotlib", {"evaluation"}),
        ("jinja2", {"evaluation", "userdata.printed"}),
        ("rispy", {"userdata.references"}),
        (
            "bibtexparser",
            {"papers.bibliography", "papers.latex", "papers.markup", "userdata.references", "userdata.persons"},
        ),
        ("pylatexenc", {"userdata.references"}),
        ("xlsxwriter", {"userdata.table_export"}),
        ("pypdf", {"papers.sources", "papers.pdf", "evaluation"}),
        ("pypdfium2", {"papers.picture"}),
        ("wordfreq", {"words"}),
        ("msgpack", {"words"}),
        ("watchfiles", {"index.watching"}),
        ("filelock", {"index.audit", "index.folder", "papers.bib_file", "userdata.database", "web", "userdata.drafts"}),
        ("sqlite3", {"userdata.database"}),
        ("pickle", set()),
    ],
)
def test_one_room_knows_a_library(package: str, rooms: set[str]) -> None:
    """In the wide rooms the whole room counts as one."""
    wide = ("cli", "evaluation", "training", "web")
    users = {name for name in ROOMS if any(used.split(".")[0] == package for used in imports(FILES[name]))}
    assert {room(name) if room(name) in wide else ".".join(name.split(".")[1:3]) for name in users} == rooms


def test_the_app_only_opens_the_pages() -> None:
    inner = {used for used in imports(ROOT / "app.py") if used.split(".")[0] == "qa"}
    assert inner
    assert all(used.startswith("qa.web") for used in inner)


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    """`qa --help` imports `cli`, `text` and `types` at their top, and none of them may pull in an index."""
    tops = [
        node.module or ""
        for name, path in FILES.items()
        if name.startswith("qa.cli")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom)
    ]
    assert {name for name in tops if name.startswith("qa") and not name.startswith("qa.cli")} == {"qa.text", "qa.types"}


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda path: path.stem)
def test_no_test_imports_another(path: Path) -> None:
    """What two of them need stands in a `conftest` or in a module of its own."""
    assert not [used for used in imports(path) if used.startswith("tests.") and ".test_" in used]
