"""Dense scores against a plain matrix product."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from qa.index import dense
from qa.index.embed import Vectors
from qa.types import StoreError


@pytest.fixture
def rows() -> Vectors:
    """200 rows of unit length, float32, (200, 24)."""
    found = np.random.default_rng(7).normal(size=(200, 24)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_scores_are_those_of_a_matrix_product(rows: Vectors) -> None:
    index = dense.build(rows)
    for query in rows[:20]:
        found = dense.scores(index, query)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, rows @ query, atol=1e-6)
        assert found.argmax() == (rows @ query).argmax()


def test_equal_rows_have_equal_scores_in_their_own_places() -> None:
    rows = np.eye(3, dtype=np.float32)[[0, 1, 0, 2, 1]]
    assert dense.scores(dense.build(rows), rows[1]).tolist() == [0, 1, 0, 0, 1]


@pytest.mark.parametrize("shape", [(23,), (25,), (1, 24), (0,)])
def test_a_query_of_another_shape_is_refused(rows: Vectors, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        dense.scores(dense.build(rows), np.ones(shape, dtype=np.float32))


def test_rows_come_back_bit_for_bit(rows: Vectors) -> None:
    assert dense.vectors_of(dense.build(rows)).tobytes() == rows.tobytes()


def test_saved_and_loaded_is_the_same(rows: Vectors, tmp_path: Path) -> None:
    dense.save(dense.build(rows), tmp_path / "rows.faiss")
    loaded = dense.load(tmp_path / "rows.faiss")
    assert dense.vectors_of(loaded).tobytes() == rows.tobytes()
    assert dense.scores(loaded, rows[3]).tobytes() == dense.scores(dense.build(rows), rows[3]).tobytes()
    dense.save(loaded, tmp_path / "again.faiss")
    assert (tmp_path / "again.faiss").read_bytes() == (tmp_path / "rows.faiss").read_bytes()


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "other words", "another kind"])
def test_a_damaged_file_is_named(rows: Vectors, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "rows.faiss"
    dense.save(dense.build(rows), path)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "another kind":
        faiss.write_index(faiss.IndexFlatL2(24), str(path))
    else:
        path.write_bytes({"empty": b"", "half": data[: len(data) // 2], "other words": b"nonsense" * 50}[damage])
    with pytest.raises(StoreError, match=r"rows\.faiss .*run `qa index build --full`"):
        dense.load(path)
