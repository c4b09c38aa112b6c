"""From passages to a published generation, and back to one that is loaded.

embed          The sentence encoder: texts become float32 vectors of unit length
abbreviations  The abbreviations that a text defines, with their long forms (Schwartz and Hearst 2003)
dense          FAISS: exact nearest vectors by cosine
lexical        BM25 by bm25s: scores of texts for a question's words
keys           What makes an index stale: files, settings, code, libraries, the encoder's weights
index          The immutable `Index`: papers, passages, vectors and words, aligned by row
build          Corpus → `Index`; unchanged papers are taken from an earlier index
store          `Index` ⇄ folder: generations, checksums, atomic publishing, rollback
library        The life of a corpus: update, prepare, release, remove, freshness
"""
