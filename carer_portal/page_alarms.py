"""The page Alarms: all of them, and the whole story of one (`?alarm=3`)."""

import streamlit as st

from carer_portal import queries, queries_resident, queries_story
from carer_portal.views import story
from carer_portal.visit import Drawn, Visit


def draw(visit: Visit) -> Drawn:
    """Draw the list, or one story."""
    wanted = st.query_params.get("alarm", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None
    with visit.reading() as connection:
        listed = queries_story.alarms(connection, visit.look)
        told = None if number is None else queries_story.story(connection, visit.look, number)
        mine = queries_resident.cases_of(connection, visit.look)
        asked = queries.asked(connection, visit.look.viewer.key, visit.look.now)
    if told is not None:
        story.show(told, visit.look, asked, visit.asking)
    elif wanted:
        story.missing()
    else:
        story.index(listed, visit.look)
        story.to_answer(mine, visit.look, visit.asking)
    return Drawn(subject=None if told is None else str(number), waiting=any(one.result is None for one in asked))
