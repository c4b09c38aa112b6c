"""How the cross-encoder is made: `make reader`, step by step.

cases          The one form of training data: a question, passages that answer it and where, passages that do not
pieces         Sentences become passages of equal length, in training as in use
network        The network: an encoder and linear heads for passages, sentences and answer spans
slips          Questions as people type them: with slips, and without verbs and other function words
abbreviations  Which abbreviations everybody knows: `python -m qa.training.abbreviations --library FILE`
judged         Learn how telling and how medical words are: `python -m qa.training.judged --data FOLDER`
encoder_graph  The encoder without its weights, `qa/index/encoder.onnx`: `python -m qa.training.encoder_graph`
convert        Data sets become cases
batches        Cases become batches of inputs with their targets
teacher        Put the teacher model together: `python -m qa.training.teacher`
papers         Whole papers become passages, whose sentences are known by their numbers in the paper
encoder_rows   The encoder's rows in a file: made once, and read wherever it is trained
negatives      Hard negatives by BM25 and by the encoder
development    What is measured during training, and never trained on
losses         The losses: passage, sentences, answer span, and distillation from a teacher
variants       Cases with another question: typed badly, or with a term exchanged so that nothing answers it
fillers        Captions, and sentences that never answer by themselves: headings, table heads, and the leads of lists
mined          Texts that the encoder takes for answers, for a teacher to judge: `python -m qa.training.mined`
average        Networks of several trainings from the same start become one: `python -m qa.training.average`
measure        How good a network is on development rows, in training and when exported
asked          Questions on whole papers become cases: with what answers, what looks like it, and what other papers say
pairs          What the encoder learns from: questions, each with a text that answers and texts that look as if they did
library        Unjudged cases of a library's papers, for a teacher to judge: `python -m qa.training.library`
encoder        Pairs become an encoder, over as many runs as it takes: `python -m qa.training.encoder`
taught         What a teacher thinks of texts and sentences, for the encoder to learn: `python -m qa.training.taught`
prepare        Data sets become cases and development rows: `python -m qa.training.prepare`
train          Cases become a network, over as many runs as it takes: `python -m qa.training.train`
export         A network becomes the ONNX file that is shipped: `python -m qa.training.export`

Nothing here is needed to ask a question.
"""
