"""The page Days: movement, nights and measurements day by day, and what has changed."""

import streamlit as st

from carer_portal import queries_days
from carer_portal import wording_days as words
from carer_portal.views import days
from carer_portal.visit import Drawn, Visit


def draw(visit: Visit) -> Drawn:
    """Draw them, as far back as is asked for."""
    back = st.radio(
        words.HOW_LONG, list(words.SPANS), format_func=lambda n: words.SPANS[n], horizontal=True, key="back"
    )
    with visit.reading() as connection:
        found = queries_days.days(connection, visit.look, back or 14)
    days.show(found, visit.look)
    return Drawn()
