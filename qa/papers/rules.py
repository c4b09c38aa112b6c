"""A digest of the code that shapes what is stored."""

from __future__ import annotations

import ast
import hashlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_KNOWN: dict[str, str] = {}
"""The digests of this process, by the SHA-256 of the files' bytes."""
PARSING = threading.Lock()
"""Who makes a syntax tree holds it: in Python 3.11.7, threads that do so at once may raise a `SystemError`, which says
"AST constructor recursion depth mismatch". Seen on 2026-11-28 with three threads that opened an index."""


def digest(paths: Sequence[Path]) -> str:
    """SHA-256 in hex of Python files' syntax trees; comments, docstrings and layout do not count."""
    return noted(paths)[1]


def noted(paths: Sequence[Path]) -> tuple[str, str]:
    """The SHA-256 of the files' bytes, and their digest: to be stored, and given to `note` by another process."""
    sources = [path.read_bytes() for path in paths]
    key = hashlib.sha256(b"\0".join(sources)).hexdigest()
    with PARSING:
        if key in _KNOWN:
            return key, _KNOWN[key]
        trees = "\0".join(_meaning(source.decode("utf-8")) for source in sources)
        _KNOWN[key] = hashlib.sha256(trees.encode()).hexdigest()
    return key, _KNOWN[key]


def note(digests: Mapping[str, str]) -> None:
    """Take over digests from `noted`: while no byte has changed, no file needs to be parsed, which takes 0.1 s."""
    _KNOWN.update(digests)


def _meaning(source: str) -> str:
    """The syntax tree as text, without the strings that stand alone as statements.

    >>> _meaning("def f():\\n    '''Why.'''\\n    return 1  # one") == _meaning("def f(): return 1")
    True
    >>> _meaning("x = 1") == _meaning("x = 2")
    False
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [line for line in node.body if not _is_prose(line)]
    return ast.dump(tree)


def _is_prose(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
