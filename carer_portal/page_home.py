"""The page Home: rooms and devices, what is broken and whose it is, and where nothing watches."""

from carer_portal import queries, queries_things
from carer_portal.views import things
from carer_portal.visit import Drawn, Visit


def draw(visit: Visit) -> Drawn:
    """Draw it."""
    with visit.reading() as connection:
        found = queries_things.things(connection, visit.look)
        asked = queries.asked(connection, visit.look.viewer.key, visit.look.now)
    things.show(found, visit.look, asked, visit.asking)
    return Drawn(waiting=any(one.result is None for one in asked))
