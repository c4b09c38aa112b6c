"""Memory of a program that answers while others publish: before, after 10 and after 50 generations.

    python -m tests.index.publishes [--generations 50]

Another process publishes the three texts with a small paper that changes each time. After each publication, this one
asks a question by way of `qa.service.published`, and one by way of the app's cache. What is printed is in megabytes:
all that the system counts for the process, and the part of it that is no mapped file.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "What was the harvest of the small paper?"
PUBLISHER = """
import sys
from pathlib import Path
from qa.index.library import Library
corpus, index = map(Path, sys.argv[1:])
for line in sys.stdin:
    (corpus / "small.txt").write_text(f"The harvest of the small paper was {int(line)} kg of apples.\\n" * 3, "utf-8")
    print(Library(corpus, index).update().generation, flush=True)
"""


def resident() -> tuple[float, float]:
    """Megabytes in memory: all, and those that are no mapped files. Garbage is collected before."""
    gc.collect()
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))  # type: ignore[return-value]


def measured(generations: int, home: Path) -> list[tuple[int, float, float]]:
    """After so many publications: megabytes in memory, and those that are no mapped files."""
    corpus, index = home / "corpus", home / "index"
    shutil.copytree(ROOT / "corpus", corpus)
    os.environ |= {"QA_INDEX_DIR": str(index), "QA_CORPUS_DIR": str(corpus), "QA_STATE_DIR": str(home / "state")}
    publisher = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(corpus), str(index)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert publisher.stdin
    assert publisher.stdout
    found = []
    from qa.service.published import Published
    from qa.web.session import opening

    service = Published(index)
    for number in range(generations + 1):
        publisher.stdin.write(f"{number}\n")
        publisher.stdin.flush()
        generation = publisher.stdout.readline().strip()
        for assistant in (service(), opening.assistant()):
            result = assistant.ask(QUESTION)
            assert result.generation == generation == assistant.generation
            assert any(str(number) in line for _, line in result.lines()), result
        if number in (0, 1, 10, 20, 30, 40, generations):
            found.append((number, *resident()))
            sys.stdout.write("{:3} publications: {:.0f} MB, {:.0f} MB without files\n".format(*found[-1]))
            sys.stdout.flush()
    publisher.stdin.close()
    publisher.wait()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=50)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        measured(wanted.generations, Path(home))


if __name__ == "__main__":
    main()
