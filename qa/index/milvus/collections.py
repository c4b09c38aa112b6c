"""What a generation is in Milvus: three collections, and the rows that an `Index` gives them.

    NAME_GENERATION_passages    a row a passage: where it stands, what scopes go by, its words (BM25), its vector
    NAME_GENERATION_sentences   a row a sentence that is searched: its passage, what scopes go by, its vector
    NAME_GENERATION_records     passages and documents as JSON (`qa.records`), in pieces; and what the index is

The words are those of `qa.words`, so that Milvus's own BM25 counts what ours counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from qa.index.columns import section_of
from qa.index.embed import embedded_text
from qa.index.index import Index
from qa.index.milvus.server import Server
from qa.records import document_record, passage_record
from qa.types import Passage, Progress
from qa.words import terms

PASSAGES, SENTENCES, RECORDS = "passages", "sentences", "records"
PARTS = (PASSAGES, SENTENCES, RECORDS)
ABOUT = "about"
"""The owner of the record that says what the index is; it is written last, so a generation without it is not whole."""
DRAWS = 1_000_000
"""Each passage has a number below this, evenly spread; a sample are the passages with the smallest."""
_LONGEST = 65_535
"""Bytes of the longest text in a field of Milvus's."""
_PIECE = 15_000
"""Characters of a piece of a record: no more bytes than a field holds, whatever they are."""
_FLAT_UNTIL = 50_000
"""Up to so many vectors are compared one by one. Set by hand on 2026-11-27."""
_BATCH = 500
"""Rows that are sent at once: 0.8 MB of vectors, at most 30 MB of records; Milvus takes 64 MB. Set by hand on
2026-11-27."""
_BLANK = [0.0, 1.0]
"""A collection has to have vectors, so records have this one."""


def collection(server: Server, generation: str, part: str) -> str:
    """The name of a collection of a generation."""
    return f"{server.name}_{generation}_{part}"


def generation_of(server: Server, name: str) -> str | None:
    """The generation that a collection is of; None if it is of none of this store's."""
    prefix, _, part = name.rpartition("_")
    return prefix.removeprefix(f"{server.name}_") if part in PARTS and prefix.startswith(f"{server.name}_") else None


def write(server: Server, generation: str, index: Index, progress: Progress) -> None:
    """Make the collections of a generation and fill them; nothing but a batch is in memory."""
    d = index.passage_vectors.d
    for part, vectors, fields, n in (
        (PASSAGES, {"vector": d}, _passage_fields, index.passage_vectors.n),
        (SENTENCES, {"vector": d}, _sentence_fields, index.sentence_vectors.n),
        (RECORDS, {"blank": 2}, _record_fields, 0),
    ):
        _create(server, collection(server, generation, part), vectors, fields, n)
    for part, rows in ((PASSAGES, _passages(index)), (SENTENCES, _sentences(index)), (RECORDS, _records(index))):
        name, sent = collection(server, generation, part), 0
        while batch := list(islice(rows, _BATCH)):
            server.call("upsert", name, batch)
            sent += len(batch)
            progress(min(sent, len(index.passages)), len(index.passages), f"{part} are sent")
        server.call("flush", name)
    about = {
        "stemmer": index.settings.stemmer,
        "encoder": index.settings.encoder,
        "encoder_sha256": index.encoder_sha256,
        "fingerprint": index.fingerprint,
        "documents": len(index.documents),
        "passages": len(index.passages),
    }
    server.call("upsert", collection(server, generation, RECORDS), list(_pieces(ABOUT, about)))
    server.call("flush", collection(server, generation, RECORDS))


def owner_of(document: str) -> str:
    """The owner of the records of a document; those of a passage have its row as theirs."""
    return f"document {document}"


def _create(server: Server, name: str, vectors: Mapping[str, int], fields: Any, n: int) -> None:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False)
    indexes = MilvusClient.prepare_index_params()
    for vector, d in vectors.items():
        schema.add_field(vector, DataType.FLOAT_VECTOR, dim=d)
        # The server's own choice past what can be compared one by one: a graph, or what its operator has set.
        indexes.add_index(vector, index_type="FLAT" if n <= _FLAT_UNTIL else "AUTOINDEX", metric_type="COSINE")
    fields(schema, indexes)
    if server.call("has_collection", name):  # what a killed writer left
        server.call("drop_collection", name)
    server.create(name, schema, indexes, "Bounded")


def _scope_fields(schema: Any, indexes: Any) -> None:
    from pymilvus import DataType

    for name in ("document", "section", "kind"):
        schema.add_field(name, DataType.VARCHAR, max_length=_LONGEST)
    schema.add_field("year", DataType.INT32)
    for name in ("document", "section", "year"):
        indexes.add_index(name, index_type="INVERTED")


def _passage_fields(schema: Any, indexes: Any) -> None:
    from pymilvus import DataType, Function, FunctionType

    schema.add_field("passage", DataType.INT64, is_primary=True)
    schema.add_field("id", DataType.VARCHAR, max_length=_LONGEST)
    schema.add_field("draw", DataType.INT32)
    analyzer = {"tokenizer": "standard"}
    schema.add_field("words", DataType.VARCHAR, max_length=_LONGEST, enable_analyzer=True, analyzer_params=analyzer)
    schema.add_field("bm25", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, input_field_names=["words"], output_field_names=["bm25"]))
    k1_b = {"bm25_k1": 1.5, "bm25_b": 0.75}  # as `qa.index.lexical` has them
    indexes.add_index("bm25", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=k1_b)
    indexes.add_index("draw", index_type="INVERTED")
    _scope_fields(schema, indexes)


def _sentence_fields(schema: Any, indexes: Any) -> None:
    from pymilvus import DataType

    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("passage", DataType.INT64)
    indexes.add_index("passage", index_type="INVERTED")
    _scope_fields(schema, indexes)


def _record_fields(schema: Any, indexes: Any) -> None:
    from pymilvus import DataType

    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=_LONGEST)
    schema.add_field("owner", DataType.VARCHAR, max_length=_LONGEST)
    schema.add_field("piece", DataType.INT32)
    schema.add_field("text", DataType.VARCHAR, max_length=_LONGEST)
    indexes.add_index("owner", index_type="INVERTED")


def _numbered(index: Index) -> Iterator[tuple[int, Passage, str, dict[str, Any]]]:
    """Each passage with its row, the title of its paper, and what scopes go by."""
    number, title, year = -1, "", 0
    for row, passage in enumerate(index.passages):
        if int(index.columns.document[row]) != number:
            number = int(index.columns.document[row])
            document = index.documents[number]
            title, year = document.title, _year(document.metadata)
        scope = {"document": passage.document, "section": section_of(passage), "kind": passage.kind, "year": year}
        yield row, passage, title, scope


def _passages(index: Index) -> Iterator[dict[str, Any]]:
    for row, passage, title, scope in _numbered(index):
        words = terms([embedded_text(title, passage.section, passage.text)], index.settings.stemmer)[0]
        yield {
            "passage": row,
            "id": passage.id,
            "draw": draw(row),
            "words": in_words(words),
            "vector": index.passage_vectors.array[row].tolist(),
        } | scope


def _sentences(index: Index) -> Iterator[dict[str, Any]]:
    for row, passage, _, scope in _numbered(index):
        if passage.kind != "reference":  # which are never searched
            for at in index.sentence_rows(row):
                yield {"row": at, "passage": row, "vector": index.sentence_vectors.array[at].tolist()} | scope


def _records(index: Index) -> Iterator[dict[str, Any]]:
    for row, passage in enumerate(index.passages):
        yield from _pieces(str(row), passage_record(passage))
    for document in index.documents:
        yield from _pieces(owner_of(document.id), document_record(document))


def _pieces(owner: str, record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    text = json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    for piece, start in enumerate(range(0, len(text), _PIECE)):
        own = text[start : start + _PIECE]
        yield {"id": f"{owner} {piece}", "owner": owner, "piece": piece, "text": own, "blank": _BLANK}


def record_of(pieces: Iterable[Mapping[str, Any]]) -> Any:
    """The record that was cut into pieces. Raises `ValueError` if one is missing."""
    return json.loads("".join(piece["text"] for piece in sorted(pieces, key=lambda piece: int(piece["piece"]))))


def in_words(words: Iterable[str]) -> str:
    """Terms as a text of which Milvus makes the same terms; what is past the longest field is cut.

    >>> in_words(["tumor", "2"])
    'tumor 2'
    """
    return " ".join(words).encode()[:_LONGEST].decode(errors="ignore")


def draw(row: int) -> int:
    """The number below `DRAWS` of a passage: multiples of the golden ratio, which any stretch of rows has evenly.

    >>> [draw(row) for row in range(4)]
    [0, 618034, 236068, 854102]
    """
    return round(row * 0.6180339887498949 % 1 * DRAWS) % DRAWS


def _year(metadata: Mapping[str, str]) -> int:
    """The year of a paper, 0 if it is not known."""
    year = metadata.get("year", "").strip()
    return int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
