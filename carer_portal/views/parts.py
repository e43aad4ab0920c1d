"""Pieces that every page is put together from."""

import streamlit as st

from carer_portal.views import markup


def title(words: str) -> None:
    """The page's own title."""
    st.html(markup.tag("h1", markup.text(words), "al-title"))


def section(words: str, content: str = "") -> None:
    """A section, and what stands in it; charts and forms come after it."""
    st.html(markup.tag("section", markup.tag("h2", markup.text(words)) + content, "al-section"))
