"""Dense scores against a plain matrix product, and the nearest rows against all."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from qa.index import dense
from qa.index.dense import Joined, Nearest, Rows, kind_for, writing
from qa.index.embed import Vectors
from qa.types import StoreError


def drawn(n: int, d: int, seed: int) -> Vectors:
    """Rows of unit length around 40 centres, float32, (n, d)."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(1).normal(size=(40, d))
    found = (centres[random.integers(40, size=n)] + random.normal(size=(n, d))).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return drawn(200, 24, 7)


@pytest.fixture(scope="module")
def many() -> Rows:
    return Rows.of(drawn(6000, 32, 8))


@pytest.fixture(scope="module")
def near(many: Rows) -> Nearest:
    return Nearest.build(many)


@pytest.fixture(autouse=True)
def few_are_searched_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else so few rows would all be compared if not all of them are allowed."""
    monkeypatch.setattr(dense, "_FEW", 10)


@pytest.fixture(params=["in memory", "mapped", "joined", "joined of stretches"])
def rows(vectors: Vectors, tmp_path: Path, request: pytest.FixtureRequest) -> Rows:
    if request.param == "joined":
        return Joined([vectors[:120], vectors[120:120], vectors[120:]])
    found = Rows.of(vectors)
    if request.param != "in memory":
        found.save(tmp_path / "mapped.faiss")
        found = Rows.open(tmp_path / "mapped.faiss")
    if request.param == "joined of stretches":
        return Joined([found.part(0, 120), vectors[120:130], found.part(130, len(vectors))])
    return found


def test_stretches_of_a_file_are_copied_and_not_looked_at(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rows.of(vectors).save(tmp_path / "whole.faiss")
    whole = Rows.open(tmp_path / "whole.faiss")
    blocks = [whole.part(0, 120), vectors[120:130], whole.part(130, len(vectors))]
    monkeypatch.setattr(whole, "array", None)
    with writing(tmp_path / "again.faiss", whole.d) as file:
        for block in blocks:
            file.add(block)
    assert (tmp_path / "again.faiss").read_bytes() == (tmp_path / "whole.faiss").read_bytes()


def test_scores_are_those_of_a_matrix_product(rows: Rows, vectors: Vectors) -> None:
    for query in vectors[:20]:
        found = rows.scores(query)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, vectors @ query, atol=1e-6)
        assert found.argmax() == (vectors @ query).argmax()


def test_scores_of_some_rows_are_the_same_to_the_last_bit(rows: Rows, vectors: Vectors) -> None:
    for some in (np.array([3, 199, 0, 3]), np.arange(200)[::-1], np.empty(0, dtype=np.int64)):
        assert rows.scores_at(vectors[5], some).tobytes() == rows.scores(vectors[5])[some].tobytes()


def test_scores_are_those_of_faiss(rows: Rows, vectors: Vectors) -> None:
    index = faiss.IndexFlatIP(24)
    index.add(vectors)
    scores, numbers = index.search(vectors[9:10], 200)
    assert rows.scores(vectors[9])[numbers[0]].tobytes() == scores[0].tobytes()


def test_equal_rows_have_equal_scores_in_their_own_places() -> None:
    rows = np.eye(3, dtype=np.float32)[[0, 1, 0, 2, 1]]
    assert Rows.of(rows).scores(rows[1]).tolist() == [0, 1, 0, 0, 1]


@pytest.mark.parametrize("shape", [(23,), (25,), (1, 24), (0,)])
def test_a_query_of_another_shape_is_refused(rows: Rows, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        rows.scores(np.ones(shape, dtype=np.float32))
    with pytest.raises(ValueError, match="shape"):
        rows.scores_at(np.ones(shape, dtype=np.float32), np.array([0]))


@pytest.mark.parametrize("row", [-1, 200])
def test_a_row_that_is_not_there_is_refused(rows: Rows, vectors: Vectors, row: int) -> None:
    with pytest.raises(IndexError, match="there are 200"):
        rows.scores_at(vectors[0], np.array([0, row]))


def test_rows_come_back_bit_for_bit(rows: Rows, vectors: Vectors) -> None:
    assert (rows.n, rows.d) == vectors.shape
    assert rows.array.tobytes() == vectors.tobytes()


def test_nobody_writes_to_rows(vectors: Vectors, tmp_path: Path) -> None:
    Rows.of(vectors).save(tmp_path / "rows.faiss")
    for rows in (Rows.of(vectors.copy()), Rows.open(tmp_path / "rows.faiss")):
        with pytest.raises(ValueError, match="read-only"):
            rows.array[0, 0] = 1


def test_a_mapped_file_is_not_copied(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "rows.faiss"
    Rows.of(vectors).save(path)
    rows = Rows.open(path)
    assert not rows.array.flags.owndata
    with path.open("r+b") as file:
        file.seek(-4, 2)
        file.write(np.float32(0.5).tobytes())
    assert rows.array[-1, -1] == 0.5


def test_released_rows_are_read_again(rows: Rows, vectors: Vectors) -> None:
    before = rows.scores(vectors[0])
    rows.release()
    assert rows.scores(vectors[0]).tobytes() == before.tobytes()


def test_saved_and_loaded_is_the_same(rows: Rows, vectors: Vectors, tmp_path: Path) -> None:
    rows.save(tmp_path / "rows.faiss")
    loaded = Rows.open(tmp_path / "rows.faiss")
    assert loaded.array.tobytes() == vectors.tobytes()
    loaded.save(tmp_path / "again.faiss")
    assert (tmp_path / "again.faiss").read_bytes() == (tmp_path / "rows.faiss").read_bytes()


@pytest.mark.parametrize("cuts", [[], [0], [1, 7, 7, 199]])
def test_a_file_written_in_blocks_is_the_one_that_faiss_writes(
    vectors: Vectors, tmp_path: Path, cuts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "_BLOCK", 64)
    index = faiss.IndexFlatIP(24)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "faiss"))
    with writing(tmp_path / "ours", 24) as file:
        for block in np.split(vectors, cuts):
            file.add(block)
        assert file.n == 200
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "faiss").read_bytes()


def test_a_file_without_rows_can_be_read(tmp_path: Path) -> None:
    with writing(tmp_path / "none", 24):
        pass
    assert Rows.open(tmp_path / "none").array.shape == (0, 24)


def test_vectors_of_another_size_are_refused(tmp_path: Path) -> None:
    with writing(tmp_path / "rows", 24) as file, pytest.raises(ValueError, match=r"\(2, 25\)"):
        file.add(np.ones((2, 25), dtype=np.float32))


DAMAGES = ["missing", "empty", "half", "other words", "another kind", "longer"]


def damaged(path: Path, damage: str) -> None:
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "another kind":
        faiss.write_index(faiss.IndexFlatL2(24), str(path))
    else:
        changed = {"empty": b"", "half": data[: len(data) // 2], "other words": b"nonsense" * 50, "longer": data + b"x"}
        path.write_bytes(changed[damage])


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named(vectors: Vectors, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "rows.faiss"
    Rows.of(vectors).save(path)
    damaged(path, damage)
    with pytest.raises(StoreError, match=r"rows\.faiss .*run `qa index build --full`"):
        Rows.open(path)


def test_the_nearest_are_nearly_those_of_all(many: Rows, near: Nearest) -> None:
    assert near.recall(drawn(100, 32, 9)) >= 0.9
    assert near.recall() >= 0.95


def test_recall_counts_what_is_found(many: Rows, near: Nearest, monkeypatch: pytest.MonkeyPatch) -> None:
    best = np.argsort(-many.scores(many.array[0]), kind="stable")[:10]
    monkeypatch.setattr(Nearest, "nearest", lambda self, query, k, allowed=None: (best[:7], None))
    assert near.recall(many.array[:1]) == 0.7


def test_the_nearest_have_their_exact_scores_in_order(many: Rows, near: Nearest) -> None:
    for query in drawn(20, 32, 9):
        found, scores = near.nearest(query, 10)
        assert scores.tobytes() == many.scores(query)[found].tobytes()
        assert len(set(found.tolist())) == 10
        assert (np.diff(scores) <= 0).all()


def test_of_equal_rows_the_first_comes_first() -> None:
    rows = Rows.of(np.repeat(drawn(100, 32, 3), 3, axis=0))
    found, scores = Nearest.build(rows).nearest(rows.array[30], 3)
    assert found.tolist() == [30, 31, 32]
    assert len(set(scores.tolist())) == 1


@pytest.mark.parametrize("share", [0.5, 0.01, 0.001, 0])
def test_only_allowed_rows_are_found(many: Rows, near: Nearest, share: float) -> None:
    allowed = np.random.default_rng(1).random(many.n) < share
    found = [near.nearest(query, 10, allowed)[0] for query in drawn(20, 32, 9)]
    assert allowed[np.concatenate(found)].all()
    if np.count_nonzero(allowed) > 10:
        right = [np.flatnonzero(allowed)[np.argsort(-many.scores(query)[allowed])[:10]] for query in drawn(20, 32, 9)]
        assert np.mean([len(np.intersect1d(*pair)) / 10 for pair in zip(found, right, strict=True)]) > 0.85
    else:
        assert {len(rows) for rows in found} == {np.count_nonzero(allowed)}


def test_a_filter_of_another_size_is_refused(near: Nearest) -> None:
    for size in (5, 5999):
        with pytest.raises(ValueError, match="there are 6000"):
            near.nearest(near.rows.array[0], 3, np.ones(size, dtype=np.bool_))


def test_more_than_there_are_is_fine(vectors: Vectors) -> None:
    found, _ = Nearest.build(Rows.of(vectors)).nearest(vectors[0], 500)
    assert 0 < len(found) <= 200


@pytest.mark.parametrize("shape", [(16, 24), (60, 7)])
def test_few_rows_and_odd_sizes_can_be_indexed(shape: tuple[int, int]) -> None:
    rows = Rows.of(drawn(*shape, 4))
    assert Nearest.build(rows).nearest(rows.array[0], 1)[0].tolist() == [0]


def test_too_few_rows_are_refused(vectors: Vectors) -> None:
    with pytest.raises(ValueError, match="15 rows"):
        Nearest.build(Rows.of(vectors[:15]))


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_rows_give_the_same_file(many: Rows, near: Nearest, tmp_path: Path, threads: int) -> None:
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(threads)
    try:
        Nearest.build(many).save(tmp_path / "one.faiss")
        assert faiss.omp_get_max_threads() == threads
    finally:
        faiss.omp_set_num_threads(before)
    near.save(tmp_path / "other.faiss")
    assert (tmp_path / "one.faiss").read_bytes() == (tmp_path / "other.faiss").read_bytes()
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "other.json").read_bytes()


def test_saved_and_opened_nearest_are_the_same(many: Rows, near: Nearest, tmp_path: Path) -> None:
    near.save(tmp_path / "near.faiss")
    opened = Nearest.open(tmp_path / "near.faiss", many)
    assert (opened.trained_on, opened.changed) == (6000, 0)
    for query in drawn(20, 32, 9):
        assert [part.tobytes() for part in opened.nearest(query, 10)] == [
            part.tobytes() for part in near.nearest(query, 10)
        ]


@pytest.mark.parametrize("damage", DAMAGES[:-1])
def test_a_damaged_file_of_the_nearest_is_named(many: Rows, near: Nearest, tmp_path: Path, damage: str) -> None:
    near.save(tmp_path / "near.faiss")
    damaged(tmp_path / "near.faiss", damage)
    with pytest.raises(StoreError, match=r"near\.faiss .*run `qa index build --full`"):
        Nearest.open(tmp_path / "near.faiss", many)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"format": 0, "trained_on": 1, "changed": 1}'])
def test_damaged_notes_are_named(many: Rows, near: Nearest, tmp_path: Path, text: str | None) -> None:
    near.save(tmp_path / "near.faiss")
    (tmp_path / "near.json").unlink()
    if text is not None:
        (tmp_path / "near.json").write_text(text)
    with pytest.raises(StoreError, match=r"near\.json .*run `qa index build --full`"):
        Nearest.open(tmp_path / "near.faiss", many)


def test_an_index_of_other_rows_is_refused(vectors: Vectors, near: Nearest, tmp_path: Path) -> None:
    near.save(tmp_path / "near.faiss")
    with pytest.raises(StoreError, match="200 vectors of 24"):
        Nearest.open(tmp_path / "near.faiss", Rows.of(vectors))


def later(many: Rows, gone: int, new: int) -> tuple[Rows, np.ndarray]:
    """Rows without some of the middle, and with others before and behind them; and where each row has moved."""
    added = drawn(new, 32, 12)
    half, kept = new // 2, np.r_[0:3000, 3000 + gone : many.n]
    moved = np.full(many.n, -1)
    moved[kept] = half + np.arange(len(kept))
    return Rows.of(np.concatenate([added[:half], many.array[kept], added[half:]])), moved


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize(("gone", "new"), [(0, 0), (40, 0), (0, 60), (500, 400)])
def test_an_update_finds_what_is_there(
    many: Rows, near: Nearest, tmp_path: Path, gone: int, new: int, mapped: bool
) -> None:
    rows, moved = later(many, gone, new)
    before = near.nearest(many.array[7], 10)[0].tolist()
    if mapped:
        near.save(tmp_path / "near.faiss")
        near = Nearest.open(tmp_path / "near.faiss", many)
    found = near.updated(rows, moved)
    assert (found.trained_on, found.changed, found.rows.n) == (6000, gone + new, rows.n)
    for number in range(0, rows.n, 97):
        assert found.nearest(rows.array[number], 3)[0][0] == number
    assert all(found.nearest(rows.array[number], 1)[0] == [number] for number in range(new // 2))
    assert found.recall(drawn(100, 32, 9)) >= 0.9
    assert near.nearest(many.array[7], 10)[0].tolist() == before  # the older one stays as it was
    found.save(tmp_path / "later.faiss")
    assert Nearest.open(tmp_path / "later.faiss", rows).changed == gone + new


def test_all_is_learnt_again_if_much_has_changed(many: Rows, near: Nearest) -> None:
    first, moved = later(many, 700, 400)
    one = near.updated(first, moved)
    assert one.changed == 1100
    second = Rows.of(np.concatenate([first.array, drawn(200, 32, 13)]))
    other = one.updated(second, np.arange(first.n))
    assert (other.trained_on, other.changed) == (second.n, 0)


@pytest.mark.parametrize("moved", [np.arange(5999), np.arange(6000) + 1, np.zeros(6000, dtype=np.int64)])
def test_rows_that_cannot_have_moved_so_are_refused(many: Rows, near: Nearest, moved: np.ndarray) -> None:
    with pytest.raises(ValueError, match="move"):
        near.updated(many, moved)


def test_all_of_few_rows_are_compared() -> None:
    assert kind_for(3) == kind_for(dense.EXACT_UNTIL) == "exact"
    assert kind_for(dense.EXACT_UNTIL + 1) == Nearest.kind != "exact"


def test_what_recall_was_measured_is_kept(many: Rows, near: Nearest, tmp_path: Path) -> None:
    near.save(tmp_path / "near.faiss")
    opened = Nearest.open(tmp_path / "near.faiss", many)
    assert opened.recall10 == pytest.approx(near.recall(), abs=1e-4)
    later = opened.updated(many, np.arange(many.n))
    assert later.recall10 == opened.recall10


def test_candidates_come_with_about_their_scores(many: Rows, near: Nearest) -> None:
    query = many.array[11]
    rows, by_code = near.candidates(query, 50)
    assert len(rows) == 50
    assert rows.tolist() == sorted(rows.tolist())
    assert 11 in rows
    exact = many.scores_at(query, rows)
    assert np.corrcoef(by_code, exact)[0, 1] > 0.8
    assert np.abs(by_code - exact).max() < 0.5
    allowed = np.arange(many.n) % 3 == 0
    assert (near.candidates(query, 50, allowed)[0] % 3 == 0).all()
