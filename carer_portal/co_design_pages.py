"""The pages of the co-design record: what came of what we said, for everybody; the workbench, for the facilitator."""

from carer_portal import co_design_pages_came as came
from carer_portal import co_design_pages_workbench as workbench
from carer_portal import queries
from carer_portal.model import Asked
from carer_portal.views import labelling
from carer_portal.visit import Drawn, Visit
from co_design.boards import desk
from co_design.requests import KIND, own_number


def draw_came(visit: Visit) -> Drawn:
    """What we said, what came of it."""
    with visit.reading() as connection:
        asked = _asked(queries.asked(connection, visit.look.viewer.key, visit.look.now))
        me = own_number(connection, visit.look.viewer.key)
        came.show(desk(connection, visit.look.now), me, visit.look, visit.asking)
    labelling.answer(asked)
    return Drawn(waiting=_waits(asked))


def draw_workbench(visit: Visit) -> Drawn:
    """Boards, registers, a session as it is held."""
    with visit.reading() as connection:
        asked = _asked(queries.asked(connection, visit.look.viewer.key, visit.look.now))
        workbench.show(desk(connection, visit.look.now), visit.look, visit.asking)
    labelling.answer(asked)
    return Drawn(waiting=_waits(asked))


def _asked(asked: tuple[Asked, ...]) -> list[Asked]:
    return [one for one in asked if one.kind == KIND]


def _waits(asked: list[Asked]) -> bool:
    return any(one.result is None for one in asked)
