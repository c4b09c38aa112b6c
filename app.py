"""Opens the page: `streamlit run app.py`."""

from qa.web.chat import page

page()
