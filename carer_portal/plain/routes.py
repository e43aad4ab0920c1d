"""The portal's plain routes, in one visible table."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route

from carer_portal.plain import ack, downloads, reports, resident
from carer_portal.plain.calls import Address, House, route
from carer_portal.plain.render import ICON, STYLE
from carer_portal.signin import pages as door

TABLE: Final = (
    Address(path="/sign-in", page=door.signing_in, takes=True, of_session=False),
    Address(path="/sign-out", page=door.signing_out, takes=True),
    Address(path="/enter/{token}", page=door.entering),
    Address(path="/join/{token}", page=door.joining, takes=True, of_session=False),
    Address(path="/a/{token}", page=ack.answering, takes=True, of_session=False),
    Address(path="/account", page=door.account, takes=True),
    Address(path="/handover", page=reports.handover),
    Address(path="/letter", page=reports.letter),
    Address(path="/health/fhir.json", page=downloads.fhir),
    Address(path="/me", page=resident.main, takes=True),
    Address(path="/me/sharing", page=resident.sharing, takes=True),
    Address(path="/me/stop", page=resident.stop, takes=True),
    Address(path="/me/looked", page=resident.looked),
    Address(path="/me/noticed", page=resident.noticed, takes=True),
    Address(path="/me/moment", page=resident.moment, takes=True),
    Address(path="/me/data", page=resident.data),
    Address(path="/me/data.zip", page=downloads.everything),
    Address(path="/me/paper", page=resident.paper),
)


def routes(house: House) -> list[BaseRoute]:
    """Every route, for this house."""
    pages = [route(address, house) for address in TABLE]
    return [
        *pages,
        Route("/portal/plain.css", _file(STYLE, "text/css")),
        Route("/portal/icon.svg", _file(ICON, "image/svg+xml")),
    ]


def _file(path: object, media_type: str) -> Callable[[Request], object]:
    async def serving(_request: Request) -> FileResponse:
        return FileResponse(str(path), media_type=media_type, headers={"Cache-Control": "max-age=3600"})

    return serving
