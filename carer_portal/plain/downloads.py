"""Files to take away."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from carer_portal import own_data, queries, queries_fhir, views_log
from carer_portal import wording_access as access
from carer_portal.plain import render
from carer_portal.plain.calls import Call
from carer_portal.plain.reports import look_of, not_shared

FHIR_FOR: Final = timedelta(days=31)


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


def fhir(call: Call) -> Response:
    """`/health/fhir.json`: the last month as a FHIR R4 Bundle, as far as this viewer may have it."""
    look = look_of(call)
    if look is None or not look.sight.may("vitals"):
        return not_shared()
    from hub.fhir.bundle import as_json, bundle  # noqa: PLC0415 -- takes a second, and few ask for it

    with call.house.home.reading() as connection:
        export = queries_fhir.gathered(connection, look, look.now - FHIR_FOR)
    content = as_json(bundle(export)).encode()
    views_log.note(call.house.home, look, "fhir")
    return render.attachment(content, "application/fhir+json", "measurements.json")


def _file(path: Path, afterwards: Callable[[], None]) -> Response:
    return FileResponse(
        path,
        filename=path.name,
        media_type="application/zip",
        headers=dict(render.HEADERS),
        background=BackgroundTask(afterwards),
    )
