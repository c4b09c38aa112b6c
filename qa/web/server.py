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
    """Warm up, then listen. An index that cannot be opened is told on the page, to whoever can mend it."""
    from streamlit.runtime.caching import cache_data_api
    from streamlit.web import cli

    logging.getLogger(cache_data_api.__name__).setLevel(logging.ERROR)  # it warns that there is no server yet
    from qa.web import frame  # noqa: F401 - the page's own modules
    from qa.web.session import opening

    try:
        opening.warm()
    except QAError as error:
        sys.stderr.write(f"qa: {error}\n")
    cli.main(["run", str(PROJECT / "app.py"), *options], prog_name="streamlit")


if __name__ == "__main__":
    main(sys.argv[1:])
