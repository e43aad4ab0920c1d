"""The script that Streamlit runs for every viewer; `carer_portal.serve` hands it the home, the browser who looks."""

from pathlib import Path

import streamlit as st

from carer_portal.page import Portal, draw
from carer_portal.plain.calls import COOKIE
from hub.clock import from_environment


def main() -> None:
    """Draw the page."""
    given = st.secrets["alongside"]
    draw(Portal(db=Path(given["db"]), clock=from_environment()), st.context.cookies.get(COOKIE))


if __name__ == "__main__":
    main()
