"""The second store: generations in a Milvus server, or in Milvus Lite, the same API in this process.

server       A Milvus server, or Milvus Lite in this process: its address, and errors that say what helps
collections  What a generation is in Milvus: three collections, and the rows that an `Index` gives them
generation   A generation in Milvus, as readers have it: counts, scores, passages and papers
published    Generations in Milvus: publishing by an alias, history, rollback, what is forgotten

It needs `pip install 'qa[milvus]'`; nothing of it is imported without `--store`.
"""
