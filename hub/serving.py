"""Small servers of the hub's own, on a listening socket that somebody else has opened."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

STOP_WITHIN_S = 1
HOST = "127.0.0.1"


def listening(port: int) -> socket.socket:
    """A socket that listens on this computer only; port 0 is any free one. Raises `OSError` where it is taken."""
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()
    except OSError:
        made.close()
        raise
    return made


@asynccontextmanager
async def serving(app: Starlette, listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve on this socket until left; the task ends when the server does."""
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=STOP_WITHIN_S
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield task
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever has them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
