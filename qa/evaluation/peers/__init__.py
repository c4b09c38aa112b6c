"""This project and comparable systems on the same texts and questions.

protocol        The protocol of a peer's script; standard library only
environment     The peers' own virtual environment
asking          Run the systems' scripts, and record their answers, times and memory
measure         One measure for all systems: whether their chunks hold the evidence
table           The results as a Markdown table
ask_haystack    Haystack, as its tutorial 30 sets it up
ask_langchain   LangChain with FAISS, as its semantic search tutorial sets it up
ask_llamaindex  LlamaIndex, as its starter tutorial for local models sets it up
ask_this        This project, as `make setup` and `qa index build` set it up
ask_txtai       txtai, as its notebook 52 sets it up
ask_reference   This project with its encoder run by sentence-transformers, as it was before 2026-11-27
run             This project and its peers side by side: `make peers`
"""
