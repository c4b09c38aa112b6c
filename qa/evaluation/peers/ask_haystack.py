"""Haystack, as its tutorial 30 sets it up.

https://haystack.deepset.ai/tutorials/30_file_type_preprocessing_index_pipeline: cleaned, in chunks of 150 words, 50 of
them shared; the tutorial has the same encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haystack import Pipeline
from haystack.components.converters import TextFileToDocument
from haystack.components.preprocessors import DocumentCleaner, DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from protocol import SHOWN, Ask, Chunk, Found, main, model


def build(texts: Sequence[Path], folder: Path) -> None:
    """Load, clean, split, embed, save."""
    store = InMemoryDocumentStore()
    pipeline = Pipeline()
    pipeline.add_component("converter", TextFileToDocument())
    pipeline.add_component("cleaner", DocumentCleaner())
    pipeline.add_component("splitter", DocumentSplitter(split_by="word", split_length=150, split_overlap=50))
    pipeline.add_component("embedder", SentenceTransformersDocumentEmbedder(model=model()))
    pipeline.add_component("writer", DocumentWriter(store))
    pipeline.connect("converter", "cleaner")
    pipeline.connect("cleaner", "splitter")
    pipeline.connect("splitter", "embedder")
    pipeline.connect("embedder", "writer")
    pipeline.run({"converter": {"sources": list(texts)}})
    folder.mkdir(parents=True, exist_ok=True)
    store.save_to_disk(str(folder / "store.json"))


def load(folder: Path) -> Ask:
    """The tutorial's query pipeline up to the retriever."""
    store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=model()))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(document_store=store, top_k=SHOWN))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def ask(question: str, turn: int) -> Found:
        documents = pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
        chunks = [Chunk(Path(document.meta["file_path"]).stem, document.content) for document in documents]
        return Found(float(documents[0].score), chunks)

    return ask


if __name__ == "__main__":
    main(build, load)
