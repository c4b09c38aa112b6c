"""How the reader is trained: `make reader`, step by step.

`prepare` turns the data sets into cases, `train` the cases into a network, `export` the network into the one file
that `qa.crossreader` runs. Nothing here is needed to ask a question.
"""
