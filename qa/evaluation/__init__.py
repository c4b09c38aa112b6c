"""How good the answers are, and whether an index may be published.

questions     Question sets: JSONL whose evidence is an exact quote
libraries     Smaller libraries out of a large one, as they would have been indexed alone
kinds         Names of the same kind, by the words beside them: drugs resemble drugs, scales resemble scales
keys          What the outcomes of a question set depend on, as one hash
evidence      Whether passages show the evidence, in characters of the raw text
sets          Other people's question sets, for measuring only
check         What is wrong with a question set: schema, quotes, duplicates, copied wording
swaps         Questions with one drug, disease, group or number exchanged, so that their paper no longer answers them
run           Ask a question set, and record the outcome of each question
metrics       One score a question, and means by kind with bootstrap intervals
ablation      The same questions with dense, lexical and hybrid search, and with the reader
confidence    Whether the confidence tells right from wrong: AUROC, risk–coverage, ECE
results       A run as plain data: what `results.json` holds
calibrate     Fit the calibration: `python -m qa.evaluation.calibrate`
compare_runs  This run against an earlier one, question by question
plots         The report's plots as SVG, the same bytes for the same figures
gates         What may not fall: `eval/gates.toml`, checked against a run
clusters      Figures whose intervals are drawn by paper, as questions on one paper are alike
table         Results as text for a terminal
report        A run as files: `results.json`, `results.csv`, `report.html`, `junit.xml`
differences   What differs between two generations: papers, their passages, and what the question set is answered
asked         How well questions on whole papers are answered: `python -m qa.evaluation.asked`
command       One evaluation from call to printed text: the work behind `qa eval`
dialogue      How well follow-ups and comparisons are answered: `python -m qa.evaluation.dialogue`
runs          The stored runs of a question set, a folder each
exchanges     Whether a question is refused once a name in it is exchanged: `python -m qa.evaluation.exchanges`
pending       What is known of a candidate index: how far its build is, or how it was judged; the file `candidate.json`
outdated      Why a candidate can no longer be published as it is
candidate     A candidate index: built aside, and held against the gates before it is published
pdfs          How well PDFs are read, against the publisher's XML: `python -m qa.evaluation.pdfs`
peers         This project and comparable systems on the same texts and questions
bench         What things cost, beside a baseline in the same run: `make bench`

A client of `Assistant` like any other.
"""
