"""A real broker of our own: Mosquitto on a free port of this machine, to start, to kill and to start again."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.model import Sleep
from devices.mqtt import Broker

_HOST = "127.0.0.1"
_TRIES, _PAUSE_S = 500, 0.02
_STOPS_WITHIN_S = 10.0
_CONFIGURATION = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
log_dest file {folder}/mosquitto.log
"""


class BrokerError(RuntimeError):
    """The broker cannot be had; the message says what is missing and how to get it."""


class Mosquitto:
    """A broker in this folder. What it keeps outlives a restart, and its port stays the same.

    It is open to all on this machine, unless `configure` writes another configuration for this port.
    """

    def __init__(self, folder: Path, sleep: Sleep, configure: Callable[[int], Path] | None = None) -> None:
        self._folder = folder
        self._sleep = sleep
        self._configure = configure or self._open_to_all
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server((_HOST, 0)) as free:
            self.port: int = free.getsockname()[1]

    @property
    def broker(self) -> Broker:
        """Where it is."""
        return Broker(host=_HOST, port=self.port)

    @property
    def pid(self) -> int | None:
        """Its process; None: it does not run."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    async def start(self) -> Self:
        """Start it and return when it listens."""
        self._process = process = self._launch()
        for _ in range(_TRIES):
            if self._listens():
                return self
            if process.poll() is not None:
                break
            await self._sleep(_PAUSE_S)
        self.kill()
        raise BrokerError(f"mosquitto did not start: see {self._folder / 'mosquitto.log'}")

    def kill(self) -> None:
        """End as SIGKILL ends it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_STOPS_WITHIN_S)
            self._process = None

    def reload(self) -> None:
        """Let it read its files again."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [*_tied_to_us(), _find("mosquitto"), "-c", str(self._configure(self.port))]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603 -- looked up, or ours

    def _open_to_all(self, port: int) -> Path:
        file = self._folder / "mosquitto.conf"
        file.write_text(_CONFIGURATION.format(port=port, folder=self._folder))
        return file

    def _listens(self) -> bool:
        try:
            socket.create_connection((_HOST, self.port), timeout=1.0).close()
        except OSError:
            return False
        return True


def _find(program: str) -> str:
    path = shutil.which(program) or shutil.which(f"/usr/sbin/{program}")
    if path is None:
        raise BrokerError(f"{program} is not installed. On Debian or Ubuntu: sudo apt-get install {program}")
    return path


def _tied_to_us() -> list[str]:
    """The kernel ends it when we end; without util-linux nothing does."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []
