"""A digest of the code that shapes what is stored."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 in hex of Python files' syntax trees; comments, docstrings and layout do not count."""
    return hashlib.sha256("\0".join(_meaning(path.read_text("utf-8")) for path in paths).encode()).hexdigest()


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
