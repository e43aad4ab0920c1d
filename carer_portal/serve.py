"""Serves the portal: Streamlit as an application under uvicorn, on this machine only, with a route of its own."""

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from streamlit.runtime.secrets import SecretsValue
from streamlit.web.bootstrap import load_config_options

from carer_portal.changes import Watch, route
from carer_portal.database import Database
from hub.clock import SystemClock, from_environment

HOST: Final = "127.0.0.1"
HOSTS: Final = [HOST, "localhost"]
"""By these names alone it answers, so that a page from elsewhere cannot reach it by a name of its own."""
PORT: Final = 8501
SCRIPT: Final = Path(__file__).with_name("app.py")
STOP_WITHIN_S: Final = 2

PINNED: Final[Mapping[str, str | bool | list[str]]] = MappingProxyType(
    {
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "runner.magicEnabled": False,
        "server.enableAgentApi": False,
        "server.fileWatcherType": "none",
        "server.allowedHosts": HOSTS,
        "browser.gatherUsageStats": False,
        "theme.baseRadius": "medium",
        "theme.light.primaryColor": "#0b5c8f",
        "theme.light.backgroundColor": "#fbfaf7",
        "theme.light.secondaryBackgroundColor": "#f1efe8",
        "theme.light.textColor": "#1d2428",
        "theme.dark.primaryColor": "#25709f",
        "theme.dark.backgroundColor": "#12171a",
        "theme.dark.secondaryBackgroundColor": "#1c2327",
        "theme.dark.textColor": "#eceae4",
    }
)
"""Nothing internal is shown to a viewer, and nothing is reported to anybody."""


def listen(port: int) -> tuple[socket.socket, bool]:
    """A listening socket on this port, or on another where it is taken; and whether it is the one asked for.

    Whoever connects from now on is answered as soon as the portal is ready.
    """
    try:
        return _listening(port), True
    except OSError:  # taken, or not ours to take; if no port can be had at all, the next line says why
        return _listening(0), False


def _listening(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()
    except OSError:
        made.close()
        raise
    return made


def application(db: Path, viewer: str, stopping: Callable[[], bool]) -> st.App:
    """The portal of one home, as whoever looks."""
    load_config_options({name.replace(".", "_"): value for name, value in PINNED.items()})
    watch = Watch(Database(db), SystemClock(), stopping)
    given: dict[str, SecretsValue] = {"db": str(db), "viewer": viewer}
    only_here = Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    return st.App(
        SCRIPT, secrets={"alongside": given}, routes=[route(watch, from_environment())], middleware=[only_here]
    )


def serve(db: Path, listening: socket.socket, viewer: str) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        application(db, viewer, stopping=lambda: server.should_exit),
        log_level="warning",
        timeout_graceful_shutdown=STOP_WITHIN_S,
        ws_ping_interval=None,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
