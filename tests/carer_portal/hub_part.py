"""The hub's part, as far as pages are tested: what a page asked for is carried out by the hub's own handlers."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from carer_portal import hub_requests
from hub import wishes
from hub.intents import Handler, Payload, carry_out, handler_table
from tests.carer_portal.home import MadeHome


def _done(_connection: Connection, _payload: Payload, _by: str, _now: datetime) -> str:
    return "It is done."


HANDLERS: Mapping[str, Handler] = {
    **hub_requests.HANDLERS,
    **wishes.HANDLERS,
    **handler_table(acknowledge=_done, close=_done, resident=_done, labelled=lambda *_: None),
}


def hub_works(home: MadeHome) -> list[str]:
    """Everything that waits is carried out; what the hub answers."""
    with home.writing() as connection:
        return [one.result for one in carry_out(connection, HANDLERS, home.now)]
