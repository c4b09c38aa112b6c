"""Which abbreviations everybody knows: `python -m qa.training.abbreviations --library FILE`.

Papers do not define every abbreviation that they use, and readers ask with others. Those that many papers of a library
define, with the long forms that several give, are written down once, for all papers (`qa.index.abbreviations`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import click
from tqdm import tqdm

from qa.evaluation.sets.asked import AskedPaper, load_papers
from qa.index.abbreviations import COMMON, defined_in
from qa.words import terms

PAPERS, SHARE = 4, 0.1
"""A long form is common if so many papers define it, and this share of those that define the abbreviation; set by
hand on 2026-11-27."""


def common(defined: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    """The common long forms of each abbreviation, the most frequent first, from what each paper defines.

    Long forms with the same terms, such as the plural, count as one and are written as most papers write them.
    """
    written: defaultdict[str, defaultdict[tuple[str, ...], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for short, long in chain.from_iterable(own.items() for own in defined):
        if short.isascii() and not short.islower():
            written[short][tuple(terms([long])[0])][long.lower()] += 1
    found = {}
    for short, forms in sorted(written.items()):
        counts = {own: sum(texts.values()) for own, texts in forms.items() if own}
        least = max(PAPERS, SHARE * sum(counts.values()))
        kept = sorted((own for own, n in counts.items() if n >= least), key=lambda own: (-counts[own], own))
        if kept:
            found[short] = [min(forms[own], key=lambda text: (-forms[own][text], text)) for own in kept]
    return found


def text_of(paper: AskedPaper) -> str:
    """The text of a paper, a line for each paragraph: no definition goes beyond one."""
    together = groupby(zip(paper.paragraphs, paper.sentences, strict=True), key=itemgetter(0))
    return "\n".join(" ".join(sentence for _, sentence in paragraph) for _, paragraph in together)


@click.command()
@click.option("--library", type=click.Path(exists=True, path_type=Path), required=True)
def main(library: Path) -> None:
    """Collect them from a library, and write them."""
    papers = load_papers(library).values()
    found = common(defined_in(text_of(paper)) for paper in tqdm(papers, unit="paper", leave=False))
    COMMON.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", "utf-8")
    click.echo(f"{COMMON} is written: {len(found)} abbreviations")


if __name__ == "__main__":
    main()
