"""`alongside hub`: the hub, with what the other rooms bring to it."""

from pathlib import Path

from carer_portal.hub_requests import HANDLERS
from carer_portal.schema import MIGRATIONS
from co_design import migrations
from co_design.record import record_label
from co_design.requests import HANDLERS as CO_DESIGN
from hub.cli_hub import Rooms, make_app

app = make_app(
    Rooms(
        labelled=record_label,
        migrations=(Path(migrations.__file__).parent, MIGRATIONS),
        handlers={**HANDLERS, **CO_DESIGN},
    )
)
