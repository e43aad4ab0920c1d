"""Hears devices on serial ports. A port that goes away is reported, and opened again when it is back."""

import asyncio
import errno
import logging
import os
import termios
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import serial

from devices.kinds import DeviceKind, DeviceSetup, SenderOf, SerialLine, SetupError, Split
from devices.model import Clock, Frame, LinkEvent, LinkState

_LOG = logging.getLogger(__name__)

SOURCE = "serial"
CHUNK = 4096
LARGEST_BUFFER = 65_536
RETRY_S = (0.5, 1.0, 2.0, 5.0)
"""The waits before a lost port is tried again; the last one from then on."""

Deliver = Callable[[Frame], None]
Report = Callable[[LinkEvent], None]

_REASONS: Mapping[int | None, str] = {
    errno.ENOENT: "it is not plugged in",
    errno.ENXIO: "it is not plugged in",
    errno.ENODEV: "it is not plugged in",
    errno.EACCES: "the hub may not open it: its user must be in the group dialout",
    errno.EAGAIN: "another program has it open",
    errno.EBUSY: "another program has it open",
}


def _reason(error: Exception) -> str:
    return _REASONS.get(getattr(error, "errno", None), str(error))


class _Inlet:
    """The bytes of an open port as they come, until it is lost."""

    def __init__(self, device: serial.Serial) -> None:
        self.buffer = bytearray()
        self.lost: str | None = None
        self._device = device
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._descriptor = device.fileno()
        self._loop.add_reader(self._descriptor, self._read)

    async def wait(self) -> None:
        """Until there are more bytes, or the port is lost."""
        await self._woken.wait()
        self._woken.clear()

    def say(self, words: bytes) -> None:
        """Write something to the device. pyserial would wait, or spin, where the line takes nothing."""
        try:
            os.write(self._descriptor, words)
        except BlockingIOError:
            _LOG.info("a question could not be put: the line is full")
        except OSError as error:
            self._lose(error)

    def close(self) -> None:
        """Listen no more, and let go of the port."""
        self._loop.remove_reader(self._descriptor)
        self._device.close()

    def _read(self) -> None:
        try:
            self.buffer += self._device.read(CHUNK)
        except (serial.SerialException, OSError, ValueError) as error:
            self._lose(error)
        self._woken.set()

    def _lose(self, error: Exception) -> None:
        # A lost port stays readable for ever: the reader must go, or it spins.
        self._loop.remove_reader(self._descriptor)
        self.lost = f"it was pulled out or lost its power ({error})"
        self._woken.set()


class SerialTransport:
    """One port. Its frames bear the port's path, or their sender where the port hears several."""

    def __init__(
        self, clock: Clock, port: str, line: SerialLine, split: Split, sender_of: SenderOf | None = None
    ) -> None:
        self.name = f"serial {port}"
        self._clock = clock
        self._port = port
        self._line = line
        self._split = split
        self._sender_of = sender_of
        self._told: tuple[LinkState, str] | None = None

    async def run(self, deliver: Deliver, report: Report) -> None:
        """Deliver every frame, in order, and report every change of link, until cancelled."""
        tries = 0
        while True:
            opened = self._open()
            if isinstance(opened, str):
                reason = opened
            else:
                self._tell(report, LinkState.UP)
                heard, reason = await self._listen(opened, deliver)
                tries = 0 if heard else tries
            self._tell(report, LinkState.DOWN, reason)
            await self._clock.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1

    def _open(self) -> serial.Serial | str:
        """The port, for this hub alone; or the reason why it cannot be had."""
        try:
            return serial.Serial(
                self._port,
                baudrate=self._line.baud,
                parity=self._line.parity,
                stopbits=self._line.stop_bits,
                timeout=0,
                exclusive=True,
            )
        except (serial.SerialException, OSError, termios.error, ValueError) as error:
            return _reason(error)

    async def _listen(self, device: serial.Serial, deliver: Deliver) -> tuple[bool, str]:
        """Deliver until the port is lost. Returns whether it ever spoke, and why it was lost."""
        inlet = _Inlet(device)
        heard = False
        asking = asyncio.create_task(self._ask(inlet)) if self._line.questions else None
        try:
            while inlet.lost is None:
                await inlet.wait()
                heard = heard or bool(inlet.buffer)
                for payload in self._split(inlet.buffer):
                    deliver(self._frame(payload))
                del inlet.buffer[:-LARGEST_BUFFER]
        finally:
            if asking is not None:
                asking.cancel()
            inlet.close()
        return heard, inlet.lost

    async def _ask(self, inlet: _Inlet) -> None:
        """Put the questions, until cancelled."""
        while True:
            inlet.say(b"".join(self._line.questions))
            await self._clock.sleep(self._line.ask_every_s)

    def _frame(self, payload: bytes) -> Frame:
        sender = self._sender_of(payload) if self._sender_of else None
        return Frame(
            address=sender.address if sender else self._port,
            source=SOURCE,
            payload=payload,
            at=self._clock.now(),
            signal_dbm=sender.signal_dbm if sender else None,
        )

    def _tell(self, report: Report, state: LinkState, detail: str = "") -> None:
        """Report what is new, not each vain attempt."""
        if self._told != (state, detail):
            self._told = (state, detail)
            report(LinkEvent(subject=self._port, state=state, at=self._clock.now(), detail=detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One serial port, and the devices that are heard through it."""

    path: str
    line: SerialLine
    split: Split
    sender_of: SenderOf | None
    devices: tuple[str, ...]

    def transport(self, clock: Clock) -> SerialTransport:
        """What hears it."""
        return SerialTransport(clock, self.path, self.line, self.split, self.sender_of)


def ports(devices: Iterable[DeviceSetup], kinds: Mapping[str, DeviceKind]) -> list[Port]:
    """The ports that the declared devices need, each once. Raises `SetupError` where two cannot share one."""
    found: dict[str, Port] = {}
    for setup in devices:
        kind = kinds[setup.kind]
        if kind.serial is not None and kind.split is not None:
            port = _port_of(setup, kind.serial, kind.split, kind.sender_of)
            found[port.path] = _shared(found.get(port.path), port)
    return list(found.values())


def _port_of(setup: DeviceSetup, line: SerialLine, split: Split, sender_of: SenderOf | None) -> Port:
    path = setup.address if sender_of is None else setup.options.get("port", "")
    if not path:
        raise SetupError(f"device {setup.name}: say in `port` which serial port it is heard through")
    return Port(path=path, line=line, split=split, sender_of=sender_of, devices=(setup.name,))


def _shared(earlier: Port | None, later: Port) -> Port:
    if earlier is None:
        return later
    if later.sender_of is None or later.sender_of is not earlier.sender_of:
        names = ", ".join((*earlier.devices, *later.devices))
        raise SetupError(f"devices {names}: they cannot share the port {later.path}")
    return Port(
        path=later.path,
        line=later.line,
        split=later.split,
        sender_of=later.sender_of,
        devices=(*earlier.devices, *later.devices),
    )
