"""The server's process: all that the first visitor would wait for, then Streamlit.

`qa serve` starts it as `python -m qa.web.server OPTIONS`, with Streamlit's options.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from qa.config import PROJECT
from qa.types import QAError


def main(options: Sequence[str]) -> None:
    """Warm up, then listen. An index that cannot be opened is told on the page, to whoever can mend it.

    `options` are Streamlit's, such as `--server.port=8501`.
    """
    import streamlit as st
    from streamlit.runtime.caching import cache_data_api

    logging.getLogger(cache_data_api.__name__).setLevel(logging.ERROR)  # it warns that there is no server yet
    from qa.web import frame, shell
    from qa.web.session import opening

    try:
        opening.warm()
    except QAError as error:
        sys.stderr.write(f"qa: {error}\n")
    script = str(PROJECT / "app.py")
    sys.argv = [script]  # Streamlit takes its folder for that of the program
    config = dict(option.removeprefix("--").split("=", 1) for option in options)
    st.App(script, routes=shell.routes([title.lower() for title, _ in frame.PAGES])).run(config=config)


if __name__ == "__main__":
    main(sys.argv[1:])
