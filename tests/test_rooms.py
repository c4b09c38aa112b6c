"""Data flows one way: what each module imports, read off its source (`ARCHITECTURE.md`, law 2)."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = (
    ("types", "config", "records"),
    ("sources", "embed", "dense", "lexical", "calibration", "crossreader", "pdf", "state", "jobs"),
    ("repair",),
    ("segment", "quality", "inspection"),
    ("papers",),
    ("index",),
    ("store", "search", "reader", "dialogue", "picture"),
    ("parts",),
    ("inquiry",),
    ("assistant", "library", "rows", "explain", "comparison"),
    ("kept",),
    ("feedback", "history", "drafts", "intake"),
    ("export",),
    ("evaluation", "cli", "serve", "web"),
    ("training",),
)
LAYER = {room: layer for layer, rooms in enumerate(LAYERS) for room in rooms}
FILES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
    for path in sorted((ROOT / "qa").rglob("*.py"))
}
ROOMS = [name for name in FILES if name != "qa"]
"""All but the package itself, which only hands on the public names."""


def imports(path: Path, typing: bool = True) -> set[str]:
    """The modules that a file imports, anywhere in it; `typing` says whether those for type checkers count."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if not typing and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            inner = names & FILES.keys()
            found |= inner | ({node.module or ""} if inner != names else set())
    return found


def room(module: str) -> str:
    return module.split(".")[1]


def test_every_room_is_in_the_table() -> None:
    assert {room(name) for name in ROOMS} == LAYER.keys()


@pytest.mark.parametrize("name", ROOMS)
def test_a_module_imports_from_no_higher_room(name: str) -> None:
    for used in imports(FILES[name]) & set(ROOMS):
        assert LAYER[room(used)] <= LAYER[room(name)], f"{name} imports {used}"


@pytest.mark.parametrize("name", ROOMS)
def test_no_module_takes_the_way_round_by_the_package(name: str) -> None:
    assert "qa" not in imports(FILES[name])


def test_no_module_imports_itself_by_others() -> None:
    """Those for type checkers aside, which are never carried out."""
    graph = {name: imports(path, typing=False) & FILES.keys() for name, path in FILES.items() if name != "qa"}
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("qa.types") < order.index("qa.index") < order.index("qa.assistant") < order.index("qa.cli")


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("sentence_transformers", {"embed"}),
        ("transformers", {"embed", "training"}),
        ("torch", {"training"}),
        ("safetensors", {"training"}),
        ("onnx", {"training"}),
        ("onnxruntime", {"crossreader", "training"}),
        ("tokenizers", {"crossreader", "training"}),
        ("faiss", {"dense", "index"}),
        ("bm25s", {"lexical", "index"}),
        ("streamlit", {"web"}),
        ("click", {"cli", "evaluation", "training"}),
        ("sklearn", {"evaluation"}),
        ("scipy", {"evaluation"}),
        ("ir_measures", {"evaluation"}),
        ("matplotlib", {"evaluation"}),
        ("jinja2", {"evaluation", "export"}),
        ("rispy", {"export"}),
        ("bibtexparser", {"sources", "library", "export"}),
        ("pypdf", {"sources", "pdf", "evaluation"}),
        ("pypdfium2", {"picture"}),
        ("pysbd", {"segment"}),
        ("wordfreq", {"repair"}),
        ("filelock", {"store", "state", "jobs", "drafts"}),
        ("sqlite3", {"state"}),
        ("pickle", set()),
    ],
)
def test_one_room_knows_a_library(package: str, rooms: set[str]) -> None:
    users = {room(name) for name in ROOMS if any(used.split(".")[0] == package for used in imports(FILES[name]))}
    assert users == rooms


def test_the_app_only_opens_the_pages() -> None:
    inner = {used for used in imports(ROOT / "app.py") if used.split(".")[0] == "qa"}
    assert inner
    assert all(used.startswith("qa.web") for used in inner)


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    """`qa --help` imports `cli` and `types` at their top, and neither may pull in an index."""
    tree = ast.parse(FILES["qa.cli"].read_text("utf-8"))
    top = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {name for name in top if (name or "").startswith("qa")} == {"qa.types"}
