"""Files to take away."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from carer_portal import own_data, queries
from carer_portal import wording_access as access
from carer_portal.plain import render
from carer_portal.plain.calls import Call


def everything(call: Call) -> Response:
    """`/me/data.zip`: all that the database holds, for the resident alone."""
    person = "" if call.session is None else call.session.person
    with call.house.home.reading() as connection:
        look = queries.look(connection, person, call.home_now)
        if look is None or not look.own:
            return render.message(access.NOT_HERE, access.ONLY_RESIDENT, HTTPStatus.FORBIDDEN)
        folder = TemporaryDirectory(prefix="alongside-data-")
        path = Path(folder.name) / "my-data.zip"
        own_data.write(connection, path)
    return _file(path, folder.cleanup)


def _file(path: Path, afterwards: Callable[[], None]) -> Response:
    return FileResponse(
        path,
        filename=path.name,
        media_type="application/zip",
        headers=dict(render.HEADERS),
        background=BackgroundTask(afterwards),
    )
