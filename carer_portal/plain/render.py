"""From a template and its words to a response that runs no script and loads nothing from elsewhere."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

TEMPLATES: Final = Path(__file__).with_name("templates")
STYLE: Final = Path(__file__).with_name("plain.css")
ICON: Final = Path(__file__).parents[1] / "icon.svg"
HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin",  # "no-referrer" would hide from us where a form came from
        "X-Content-Type-Options": "nosniff",
    }
)

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **words: Any) -> Response:
    """A page. Every word that is put in is escaped."""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(words), status, headers=dict(HEADERS))


def message(title: str, text: str, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> Response:
    """A page that says one thing. `link` and `link_text` say where to go from there."""
    return page("message.html", status, title=title, text=text, **({"link": None, "link_text": ""} | more))


def see(path: str) -> Response:
    """Go and look there."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=dict(HEADERS))


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers={**HEADERS, **disposition})
