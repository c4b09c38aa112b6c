"""Opens the pages: `streamlit run app.py`."""

from qa.web.frame import run

run()
