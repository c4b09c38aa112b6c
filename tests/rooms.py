"""The house in one place: which rooms there are, in which order they may import each other, what belongs where.

`tests/test_rooms.py` holds the code to it. `python -m tests.rooms` prints it into the table in `CONTRIBUTING.md` and
into the map in each package's docstring, where a module's line is the first sentence of its own docstring.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

FLOORS: tuple[dict[str, str], ...] = (
    {"text": "what makes foreign text harmless: invisible characters, Markdown, CSV; accents and their letters"},
    {
        "types": "a noun that several rooms pass on",
        "config": "a setting: strings and numbers only, each with its `QA_` variable",
    },
    {
        "words": "what is known of English words: stems, frequency",
        "records": "a noun's form in JSON: as it is stored, and as other programs read it",
    },
    {
        "papers": "another kind of file; a way in which text is broken (a fixer, with a case in "
        "`tests/papers/repair/cases.json`); what a page's layout tells; sections, sentences, passages; how well a page "
        "was read",
    },
    {"index": "encoder, FAISS, BM25, Milvus; what is kept of each passage; generations; the life of a corpus"},
    {
        "answers": "a ranker; how sentences are chosen; the ways to read a follow-up or a question about several "
        "things; the confidence; why there is an answer or none",
        "userdata": "what people leave behind: conversations, feedback, drafts, uploads, and their export",
    },
    {
        "evaluation": "a metric, a gate, a part of the report; other people's question sets; peers",
        "doctor": "a check of the installation, the papers or the index, with the command that mends what it finds",
    },
    {
        "web": "a page (a file in `web/pages/`, a line in `frame.PAGES`); how things are drawn; what outlives a rerun",
        "service": "how other programs ask: a route over HTTP, a tool of the Model Context Protocol",
        "training": "how the cross-encoder is made; nothing of it is needed to ask",
    },
    {"cli": "a command; no logic that belongs to `Assistant`"},
)
"""The ground plan. A room imports only rooms of floors above it, or of its own floor where it is a package."""

INSIDE: dict[str, str] = {
    "papers": "conventions rules sandbox files markup values whole | pdf bibliography folder latex | sources repair "
    "bib_edit | ends bib_import | bib_file | segment | left_out intake | quality inspection picture | ingest",
    "papers.pdf": "bidi | glyphs | accents signs layout | overprint forms printed blocks furniture | items | "
    "matter | titles front tables | split | kinds | pages lexicon | names | byline imprint | metadata",
    "papers.repair": "edits grid lines | captions heads hyphens joined references | rows | fixers",
    "index": "arrays audit copying folder network | abbreviations columns history written | checksums lines minilm "
    "reference | embed | dense lexical keys | index | assemble | parts | build store | kept library milvus cluster "
    "watching",
    "index.milvus": "server | collections | generation | published",
    "answers": "units memory queue zones | quantities aspects | question inputs labels calibration judged columns "
    "| search statements | cross_encoder names highlights milvus | presence models loading | reader "
    "caches | inquiry reasons | assistant | explain batch nearby overview | each_paper own_questions | "
    "suggestions | ways_on",
    "answers.question": "grammar spelling language | asked_for proposals | opposites sides",
    "userdata": "database printed answer_record persons addresses | references table_record fates | conversations "
    "drafts uploads notebook collections tables | upload_checks feedback export notebook_export table_export "
    "cited | marks",
    "evaluation": "questions libraries kinds keys | evidence sets check swaps | run | metrics | ablation confidence | "
    "results calibrate | compare_runs plots | gates clusters | table report differences | asked command | "
    "dialogue runs exchanges pending | outdated | candidate pdfs peers | bench",
    "evaluation.bench": "processes rows users arithmetic grown | search building cold plot | run",
    "evaluation.sets": "corpora | asked covidqa scifact squad_clapnq | talk named",
    "evaluation.peers": "protocol environment | asking | measure table | ask_haystack ask_langchain ask_llamaindex "
    "ask_this ask_txtai | ask_reference run",
    "doctor": "finding | environment models papers generations copies | space state | checks",
    "training": "cases pieces network slips abbreviations judged encoder_graph | convert batches teacher papers "
    "encoder_rows | negatives development losses variants fillers mined average | measure asked pairs "
    "| library encoder taught | prepare train | export",
    "cli": "shared | asking building citing doctor evaluating generations papers serving",
    "web": "jobs draw shell | session | source reading | pages | frame | server | serve",
    "service": "schema published | replies | api tools | server",
    "web.draw": "text times copying | quotes | cards tables help papers | record_card sheet",
    "web.session": "links roles login drafts waiting catalogue | user | work shared scope | "
    "opening persistence pinning filling",
    "web.source": "panel",
    "web.pages": "feedback_form exchange kept_card log_in notebook_files maintain_reading maintain_history "
    "maintain_build overview table_list table_rows table_state | maintain_publish | maintain_add | maintain | "
    "old_place table_cell table_menus | metadata_form table | shared_answer paper library_list | "
    "ask history library evaluate notebook",
    "web.reading": "parts | paper printed | find | component | beside",
}
"""Each package's own floors, from the first that imports none of the others, with a bar between two."""

FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
FILES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
    for path in sorted((ROOT / "qa").rglob("*.py"))
}


def inside(package: str) -> dict[str, int]:
    """The floor of each part of a package (a dotted name behind `qa.`), in the order of the plan."""
    floors = INSIDE[package].split("|")
    return {part: number for number, floor in enumerate(floors) for part in floor.split()}


@cache
def imports(path: Path, typing: bool = True) -> frozenset[str]:
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
    return frozenset(found)


def table() -> str:
    """The table in `CONTRIBUTING.md`."""
    lines = ["| floor | room | put here |", "|---|---|---|"]
    for number, rooms in enumerate(FLOORS):
        for room, what in rooms.items():
            name = f"{room}/" if room in INSIDE else f"{room}.py"
            lines.append(f"| {number} | `{name}` | {what} |")
    return "\n".join(lines)


def plan(package: str) -> str:
    """The map in a package's docstring: a line a part, with the first sentence of the part's own docstring."""
    parts = list(inside(package))
    width = max(map(len, parts))
    return "\n".join(f"{part:<{width}}  {_sentence(f'qa.{package}.{part}')}" for part in parts)


def _sentence(module: str) -> str:
    line = (ast.get_docstring(ast.parse(FILES[module].read_text("utf-8"))) or "").splitlines()[0]
    return re.split(r"(?<=[^.][\w`)\"”])\.(?:\s|$)", line, maxsplit=1)[0]


def with_table(contributing: str) -> str:
    """The text of `CONTRIBUTING.md` with the table as it should be."""
    return re.sub(r"\| floor \| room \|.*?(?=\n\n)", lambda _: table(), contributing, flags=re.DOTALL)


def with_plan(package: str, source: str) -> str:
    """The text of a package's `__init__` with the map as it should be; it must have one."""
    docstring = re.match(r'"""(.*?)"""', source, re.DOTALL)
    assert docstring, f"qa.{package} has no docstring"
    printed = re.sub(r"(?:^\w+  .*\n)+", lambda _: plan(package) + "\n", docstring[1], count=1, flags=re.MULTILINE)
    return f'"""{printed}"""{source[docstring.end() :]}'


def main() -> None:
    """Print the plan wherever it stands."""
    contributing = ROOT / "CONTRIBUTING.md"
    contributing.write_text(with_table(contributing.read_text("utf-8")), "utf-8")
    for package in INSIDE:
        path = FILES[f"qa.{package}"]
        path.write_text(with_plan(package, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
