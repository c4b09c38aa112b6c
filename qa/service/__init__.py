"""For other programs: what `qa ask --json` prints, over HTTP and as tools of the Model Context Protocol.

schema     The shapes of requests and replies, described field by field: OpenAPI and the tools' schemas are made of them
published  The assistant for what is published now; a new generation is used without a restart
replies    What is replied to each request, as rows of `qa.records`; over HTTP and to tools alike
api        The HTTP service: routes, and errors as JSON; it reads, and changes nothing
tools      Tools of the Model Context Protocol, over standard input and output: search, ask, read a passage, list papers
server     The service's process: a port of its own, and uvicorn

Read-only, and a client of `Assistant` like any other. Whatever is told of is told in the words of `CONTRACT.md`.
"""
