"""Other people's question sets, for measuring only.

corpora       Read other people's files, draw a sample, write their texts as a corpus
asked         Asked: questions on whole open-access papers, with every sentence that answers
covidqa       COVID-QA: questions on biomedical papers, answers marked by experts
scifact       SciFact as BEIR has it: claims and abstracts
squad_clapnq  SQuAD 2 and CLAPNQ: each question with a passage that answers it or does not
talk          Talk: conversations and comparisons on the papers of the set `asked`
named         The sets by name, each with an index of its own texts
"""
