"""What things cost, beside a baseline in the same run: `make bench`.

processes  A command as a whole process: seconds, processor time and peak memory
users      Many people at once: how long they wait, beside one alone
search     The nearest of so many vectors: time, recall, size and memory, by comparing all and by `Nearest`
"""
