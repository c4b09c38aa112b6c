"""From passages to a published generation, and back to one that is loaded.

arrays         Arrays in `.npy` files, opened by one thread at a time
audit          Who did what to the papers and their index, and when: lines that are only ever added
copying        Bytes of one file are appended to another, by the system itself where it can
folder         An index folder is written by one program at a time, file by file whole, and deleted at one stroke
network        Networks run by ONNX Runtime: how a session is opened, and the threads that all of them share
abbreviations  The abbreviations that a text defines, with their long forms (Schwartz and Hearst 2003)
columns        What search and scopes need of every passage, as columns of numbers: no passage is read for it
history        What was published when, by whom and why: the lines of `history.jsonl`
written        How often the papers write each word, with its capitals: what slips of the pen are told by
checksums      Checksums of large files, paper by paper
lines          JSONL files of which single lines are read: a value is made of a line when it is first asked for
minilm         all-MiniLM-L6-v2 by ONNX Runtime, without PyTorch
reference      A model run by sentence-transformers: the reference for our own encoder, and the way to run any other
embed          The sentence encoder: texts become float32 vectors of unit length
dense          FAISS: nearest vectors by cosine, exact, or approximate with exact scores
lexical        BM25 over memory-mapped counts: scores of texts for a question's words
keys           What makes an index stale: files, settings, code, libraries, the encoder's weights
index          The immutable `Index`: papers, passages, vectors and words, aligned by row
assemble       Papers, each read and embedded, become an `Index`; those of an earlier one stay where they lie
parts          Papers that a build has read and embedded, on disk: a build that was stopped goes on with them
build          Corpus → `Index`; unchanged papers are taken from an earlier index
store          `Index` ⇄ folder: generations, checksums, atomic publishing, rollback
kept           A paper as an earlier generation has it, to be shown where what was quoted from it has changed or is gone
library        The life of a corpus: add, update, remove, prepare, release, go back, freshness
milvus         The second store: generations in a Milvus server, or in Milvus Lite, the same API in this process
cluster        Papers are read and embedded on the machines of a Ray cluster; the next build takes their work over
watching       A corpus folder is watched: each set of changes, once they have come to rest
"""
