"""From passages to a published generation, and back to one that is loaded.

network        Networks run by ONNX Runtime: how a session is opened, and the threads that all of them share
abbreviations  The abbreviations that a text defines, with their long forms (Schwartz and Hearst 2003)
minilm         all-MiniLM-L6-v2 by ONNX Runtime, without PyTorch
reference      A model run by sentence-transformers: the reference for our own encoder, and the way to run any other
embed          The sentence encoder: texts become float32 vectors of unit length
dense          FAISS: exact nearest vectors by cosine
lexical        BM25 by bm25s: scores of texts for a question's words
keys           What makes an index stale: files, settings, code, libraries, the encoder's weights
index          The immutable `Index`: papers, passages, vectors and words, aligned by row
build          Corpus → `Index`; unchanged papers are taken from an earlier index
store          `Index` ⇄ folder: generations, checksums, atomic publishing, rollback
library        The life of a corpus: update, prepare, release, remove, freshness
"""
