"""What things cost, beside a baseline in the same run: `make bench`.

processes   A command as a whole process: seconds, processor time and peak memory
rows        A row of the table of costs
users       Many people at once: how long they wait, beside one alone
search      The nearest of so many vectors: time, recall, size and memory, by comparing all and by `Nearest`
arithmetic  How fast these processors multiply, and how much the encoder has to: what no program goes below
building    Building an index beside embedding its texts alone, and one paper more in libraries of several sizes
cold        From the start of a process to its first answer, then warm, beside the peers: on the three texts
plot        The ratios of a table of costs as a picture
run         All that things cost, in one table: `make bench`, or `python -m qa.evaluation.bench.run`
"""
