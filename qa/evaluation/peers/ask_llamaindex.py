"""LlamaIndex, as its starter tutorial for local models sets it up.

https://developers.llamaindex.ai/python/framework/getting_started/starter_example_local: the default splitter, 1,024
tokens with 200 shared, and the default vector store.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_index.core import (
    Settings,
    SimpleDirectoryReader,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from protocol import SHOWN, Ask, Chunk, Found, main, model


def build(texts: Sequence[Path], folder: Path) -> None:
    """Load, split, embed, save."""
    Settings.embed_model = HuggingFaceEmbedding(model_name=model())
    documents = SimpleDirectoryReader(input_files=[str(text) for text in texts]).load_data()
    VectorStoreIndex.from_documents(documents).storage_context.persist(str(folder))


def load(folder: Path) -> Ask:
    """Retrieves as the tutorial's query engine does, which then asks a language model."""
    Settings.embed_model = HuggingFaceEmbedding(model_name=model())
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))
    retriever = index.as_retriever(similarity_top_k=SHOWN)

    def ask(question: str, turn: int) -> Found:
        nodes = retriever.retrieve(question)
        chunks = [Chunk(Path(node.metadata["file_name"]).stem, node.node.get_content()) for node in nodes]
        return Found(float(nodes[0].score), chunks)

    return ask


if __name__ == "__main__":
    main(build, load)
