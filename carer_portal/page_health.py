"""The page Health, for clinicians first."""

from carer_portal import queries_health
from carer_portal.views import health
from carer_portal.visit import Drawn, Visit


def draw(visit: Visit) -> Drawn:
    """Draw it."""
    with visit.reading() as connection:
        found = queries_health.health(connection, visit.look)
    health.show(found, visit.look)
    return Drawn()
