"""A private D-Bus for the emulated BlueZ: no root, no system bus, gone with its process."""

import os
import select
import shutil
import subprocess
from types import TracebackType
from typing import Self

from devices.simulated.folder import OwnFolder

ENVIRONMENT = "DBUS_SYSTEM_BUS_ADDRESS"
"""Where bleak and every other client of the system bus look for its address."""

PREFIX = "alongside-bus-"
_READY_WITHIN_S = 10.0
_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <keep_umask/>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


class BusError(RuntimeError):
    """The private bus cannot be had; the message says what is missing and how to get it."""


class PrivateBus:
    """A dbus-daemon of our own on a socket in a temporary folder.

    Give `address` to the clients, mostly as `DBUS_SYSTEM_BUS_ADDRESS` in the environment. `stop()` and `start()` again
    is a restart of D-Bus at the same address. Start it in the main thread: the daemon dies with the thread that started
    it, so that a killed process leaves no orphan behind.
    """

    def __init__(self, program: str = "dbus-daemon") -> None:
        self._program = program
        self._folder = OwnFolder(PREFIX)
        self._socket = self._folder.path / "bus"
        self._configuration = self._folder.path / "bus.conf"
        self._log = self._folder.path / "log"
        self._configuration.write_text(_CONFIGURATION.format(socket=self._socket))
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The address in D-Bus notation."""
        return f"unix:path={self._socket}"

    def start(self) -> Self:
        """Start the daemon and return when it listens."""
        command = [_find("setpriv", "util-linux"), "--pdeathsig", "KILL", _find(self._program, "dbus")]
        self._socket.unlink(missing_ok=True)
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as ready:
            try:
                self._daemon = self._launch(command, writing)
            finally:
                os.close(writing)
            self._wait_until_ready(ready.fileno())
        return self

    def stop(self) -> None:
        """Stop the daemon; its clients see their connections end."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def close(self) -> None:
        """Stop for good and remove the folder."""
        self.stop()
        self._folder.close()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BusError:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _launch(self, command: list[str], ready: int) -> subprocess.Popen[bytes]:
        # No pipe of ours is left open in the daemon: one that outlived us would keep our caller's output open for ever.
        with self._log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 -- both programs are looked up, the rest is ours
                [
                    *command,
                    f"--config-file={self._configuration}",
                    "--nofork",
                    "--nopidfile",
                    f"--print-address={ready}",
                ],
                pass_fds=(ready,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we still need the bus to end in good order
            )

    def _wait_until_ready(self, reading: int) -> None:
        readable, _, _ = select.select([reading], [], [], _READY_WITHIN_S)
        if readable and os.read(reading, 512):
            return
        self.stop()
        raise BusError(
            f"The private D-Bus did not start: {self._log.read_text(errors='replace').strip() or 'no reply'}"
        )


def _find(program: str, package: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise BusError(
            f"{program} is not installed, and the simulated Bluetooth devices need it. "
            f"On Debian or Ubuntu: sudo apt-get install {package}"
        )
    return path
