"""Serves the portal: Streamlit as an application under uvicorn, on this machine only, with a route of its own."""

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from carer_portal.gate import Gate
from carer_portal.plain.calls import House
from carer_portal.plain.routes import routes
from hub.clock import SystemClock, from_environment

HOST: Final = "127.0.0.1"
HOSTS: Final = [HOST, "localhost"]
"""By these names alone it answers, so that a page from elsewhere cannot reach it by a name of its own."""
PORT: Final = 8501
SCRIPT: Final = Path(__file__).with_name("app.py")
STOP_WITHIN_S: Final = 2

PINNED: Final[Mapping[str, str | bool]] = MappingProxyType(
    {
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "runner.magicEnabled": False,
        "server.enableAgentApi": False,
        "server.fileWatcherType": "none",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Which home is served, and by which names beside this computer's own (behind a proxy that speaks TLS)."""

    db: Path
    names: Sequence[str] = ()
    public_url: str | None = None


def application(serving: Serving, stopping: Callable[[], bool]) -> st.App:
    """The portal of one home."""
    hosts = [*HOSTS, *serving.names]
    pinned = {**PINNED, "server.allowedHosts": hosts}
    load_config_options({name.replace(".", "_"): value for name, value in pinned.items()})
    house = House(
        home=Database(serving.db), home_clock=from_environment(), clock=SystemClock(), public_url=serving.public_url
    )
    given: dict[str, SecretsValue] = {"db": str(serving.db)}
    return st.App(
        SCRIPT,
        secrets={"alongside": given},
        routes=[route(Watch(house.home, SystemClock(), stopping), house.home_clock), *routes(house)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(Gate, house=house)],
    )


def serve(serving: Serving, listening: socket.socket) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        application(serving, stopping=lambda: server.should_exit),
        log_level="warning",
        timeout_graceful_shutdown=STOP_WITHIN_S,
        ws_ping_interval=None,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
