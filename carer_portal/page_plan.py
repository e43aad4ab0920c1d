"""The page People and plan: who helps, who is on call, what would be said, and a rehearsal."""

from carer_portal import queries_plan
from carer_portal.views import plan
from carer_portal.visit import Drawn, Visit


def draw(visit: Visit) -> Drawn:
    """Draw it."""
    with visit.reading() as connection:
        found = queries_plan.plan(connection, visit.look)
    plan.show(found, visit.look)
    return Drawn()
