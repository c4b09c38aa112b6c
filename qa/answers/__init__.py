"""From a question to an answer or an abstention.

units          Units of measurement as papers write them, and their size in base units
memory         What was made once is kept, and what is being made is waited for
queue          Who asks at once waits for a turn, and is told at once if too many wait
zones          Parts of a paper by what its sections are called: abstract, introduction, methods, results, discussion
quantities     Quantities in a text as whole expressions: numbers with their units, shares, frequencies, dates
aspects        What words and place of a sentence say of an aspect of its paper: aim, design, sample, result, limits
question       What a question asks: the ways in which a follow-up, and a question about several things, can be read
inputs         Question + passage → the tokens that the cross-encoder reads, in training and in use
labels         Whether a sentence is a label, which can never answer by itself
calibration    Features → the probability that the passages answer, by a fitted logistic model
judged         What the embeddings say of a question's words: how telling they are, and how medical
columns        Questions that most papers of a kind answer, as columns of a table ready to be added
search         Question + `Index` → ranked passages: dense, lexical or hybrid
statements     Questions made of a paper's own sentences, by rules: "The dose was 5 mg." gives "What was the dose?"
cross_encoder  The trained cross-encoder, run by ONNX Runtime: a judgement of each passage
names          What a question names: a drug, a disease, a gene, a study, a place, a number, women, men or children
highlights     The words that answer, as whole expressions
milvus         Question + generation in Milvus → ranked passages, in the order in which `search` ranks them
presence       Whether a passage speaks of what a question names
models         The models that fit an index: encoder, cross-encoder, calibration
loading        Loads the models in the background, while the rest of the program is still imported
reader         Question + hits → evidence sentences, answer spans, and features of the confidence
caches         Models that remember: what a network made of an input is kept, since it depends on nothing else
inquiry        A question and the turns before → what is read for it
reasons        The reason for an abstention, in one sentence that claims no more than is known
assistant      The one door: opens an index, answers or abstains
explain        Why there is an answer, or why there is none
batch          Lines of a batch, and conversations → the rows of `qa ask --json`, one a turn
nearby         Sentences of other papers that say nearly the same as some words of one paper
overview       A paper's aim, design, sample, main result and limitations, each in its own words or not at all
each_paper     Questions asked of each paper on its own, as a table does
own_questions  Questions of a paper's own: made of its sentences by rules, and known to be answered by them
suggestions    Questions worth asking: of the question set or made of the papers' sentences; this index answers them
ways_on        Ways on from a question that was not answered: other questions, which the papers do answer
"""
