"""What things cost, beside a baseline in the same run: `make bench`.

processes   A command as a whole process: seconds, processor time and peak memory
rows        A row of the table of costs
users       Many people at once: how long they wait, beside one alone
arithmetic  How fast these processors multiply, and how much the encoder has to: what no program goes below
grown       A library grown to any size by papers of shuffled sentences of its own, whose vectors need no encoder
search      Search in a library grown to any size: milliseconds, what it finds of what comparing all finds, and memory
building    Building an index beside embedding its texts alone, and one paper more in libraries of several sizes
cold        From the start of a process to its first answer, then warm, beside the peers: on the three texts
plot        The ratios of a table of costs as a picture
run         All that things cost, in one table: `make bench`, or `python -m qa.evaluation.bench.run`
"""
