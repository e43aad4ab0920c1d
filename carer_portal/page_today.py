"""The page Today."""

from carer_portal import queries
from carer_portal.views import today
from carer_portal.visit import Drawn, Visit


def draw(visit: Visit) -> Drawn:
    """Is she all right?"""
    with visit.reading() as connection:
        page = queries.today(connection, visit.look, visit.hub_patience)
        asked = queries.asked(connection, visit.look.viewer.key, visit.look.now)
    today.show(page, asked, visit.asking)
    return Drawn(waiting=bool(page.shown.alarms) or any(one.result is None for one in asked))
