"""LangChain with FAISS, as its semantic search tutorial sets it up.

https://docs.langchain.com/oss/python/langchain/knowledge-base: chunks of 1,000 characters, 200 of them shared; the
vector store as https://docs.langchain.com/oss/python/integrations/vectorstores/faiss has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from langchain_community.document_loaders import TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from protocol import SHOWN, Ask, Chunk, Found, main, model


def build(texts: Sequence[Path], folder: Path) -> None:
    """Load, split, embed, save."""
    documents = [document for text in texts for document in TextLoader(str(text), encoding="utf-8").load()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    splits = splitter.split_documents(documents)
    FAISS.from_documents(splits, HuggingFaceEmbeddings(model_name=model())).save_local(str(folder))


def load(folder: Path) -> Ask:
    """The score is FAISS's distance, where smaller is better, so its sign is changed."""
    embeddings = HuggingFaceEmbeddings(model_name=model())
    vector_store = FAISS.load_local(str(folder), embeddings, allow_dangerous_deserialization=True)

    def ask(question: str, turn: int) -> Found:
        found = vector_store.similarity_search_with_score(question, k=SHOWN)
        chunks = [Chunk(Path(document.metadata["source"]).stem, document.page_content) for document, _ in found]
        return Found(-float(found[0][1]), chunks)

    return ask


if __name__ == "__main__":
    main(build, load)
