"""How the cross-encoder is made: `make reader`, step by step.

cases        The one form of training data: a question, passages that answer it and where, passages that do not
network      The network: an encoder and linear heads for passages, sentences and answer spans
convert      Data sets become cases
batches      Cases become batches of inputs with their targets
teacher      Put the teacher model together: `python -m qa.training.teacher`
negatives    Hard negatives by BM25 and by the encoder
development  What is measured during training, and never trained on
losses       The losses: passage, sentences, answer span, and distillation from a teacher
pairs        What the encoder learns from: questions, each with a text that answers and texts that look as if they did
measure      How good a network is on development rows, in training and when exported
encoder      Pairs become an encoder, over as many runs as it takes: `python -m qa.training.encoder`
prepare      Data sets become cases and development rows: `python -m qa.training.prepare`
train        Cases become a network, over as many runs as it takes: `python -m qa.training.train`
export       A network becomes the ONNX file that is shipped: `python -m qa.training.export`

Nothing here is needed to ask a question.
"""
