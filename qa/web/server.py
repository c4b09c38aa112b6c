"""The server's process: all that the first visitor would wait for, then Streamlit.

`qa serve` starts it as `python -m qa.web.server OPTIONS`, with Streamlit's options.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence

from qa.config import PROJECT, is_here
from qa.types import QAError

SCRIPT = str(PROJECT / "app.py")
AT_FAULT = 3


def main(options: Sequence[str]) -> None:
    """Warm up, then listen. An index that cannot be opened is told on the page, to whoever can mend it.

    `options` are Streamlit's, such as `--server.port=8501`.
    """
    config = dict(option.removeprefix("--").split("=", 1) for option in options)
    try:
        has_login = configure(config)
    except QAError as error:
        sys.stderr.write(f"qa: {error}\n")
        sys.exit(AT_FAULT)
    import streamlit as st
    from streamlit.runtime.caching import cache_data_api

    logging.getLogger(cache_data_api.__name__).setLevel(logging.ERROR)  # it warns that there is no server yet
    from qa.web import frame, shell
    from qa.web.session import opening

    try:
        opening.warm()
    except QAError as error:
        sys.stderr.write(f"qa: {error}\n")
    sys.argv = [SCRIPT]  # Streamlit takes its folder for that of the program
    st.App(SCRIPT, routes=shell.routes([title.lower() for title, _ in frame.PAGES], has_login)).run(config=config)


def configure(options: Mapping[str, str]) -> bool:
    """Read Streamlit's settings with those options, and check where it will listen; returns whether there is a login.

    The address may come from an option, a variable or a file, and is the one that `st.App.run` will find.

    Raises:
        QAError: others reach the address, the app offers more than asking, and no login is configured; or the secrets
            or `QA_WEB_ROLES` cannot be read.
    """
    from streamlit import config
    from streamlit.web import bootstrap

    from qa.web.session import login, roles

    config._main_script_path = SCRIPT  # as `st.App.run` does: there may be settings in its folder
    bootstrap.load_config_options(dict(options))
    has_login = login.configured()
    address = config.get_option("server.address") or ""
    if not has_login and not is_here(address) and (others := sorted(roles.offered() - {"trainee"})):
        raise QAError(
            f"whoever reaches {address or 'any address of this machine'} could act as {' and '.join(others)}, since no "
            "login is configured; configure one (README, “Login and roles”), serve only those who ask with "
            "`QA_WEB_ROLES=trainee qa serve`, or listen on this machine only with `qa serve --host 127.0.0.1`"
        )
    return has_login


if __name__ == "__main__":
    main(sys.argv[1:])
