"""Looks for what is wrong with an installation, its papers and its index, and names the command that mends it.

The plan; a module imports only what stands above it.

finding      A finding: what was looked at, whether it is right, and the command that mends it
environment  Whether Python, the libraries and the machine are those that this program needs
models       Whether the models are those that were shipped and work, and whether the calibration fits them
papers       Whether papers and bibliography can be read, and what has changed in them since the index was built
generations  Whether the index and its older generations are sound, and what else lies or happens in its folder
copies       Papers that are in the index twice: a preprint and its article, an abstract and its paper
space        Whether there is space for the next build, and for what users leave behind
state        Whether what users leave behind can be kept: conversations, feedback, notes
checks       All checks, one after the other; they read, and change nothing
"""
