"""What is done for a modem that answers: looked at, set up, its memory read and cleared."""

import logging
from itertools import pairwise

from devices.model import Clock
from hub.channels.gsm.health import State, Vital, state
from hub.channels.gsm.inbox import Inbox, Stored
from hub.channels.gsm.line import Line, RefusedError

log = logging.getLogger(__name__)

SETUP = (
    "AT+CMEE=1",  # errors as numbers
    "AT+CMGF=0",  # texts as octets
    "AT+CSMS=0",  # reports need no answer
    "AT+CNMI=2,1,0,1,0",  # say when a text has come, and pass reports on
)
REGISTRATIONS = ("AT+CREG?", "AT+CEREG?")
LIST_S = 20.0
"""A full memory of a slow card is long."""
_STARTING = State(ailment=None, words="it is being started")


class Care:
    """One modem's condition, and the texts in its memory."""

    def __init__(self, clock: Clock) -> None:
        self.inbox = Inbox("sms")
        self._clock = clock
        self._state = _STARTING
        self._is_set_up = False

    @property
    def ailing(self) -> bool:
        """Whether it cannot send."""
        return not self._is_set_up or self._state.ailment is not None

    def forget(self) -> None:
        """It has to be seen to anew."""
        self._state, self._is_set_up = _STARTING, False

    async def look(self, line: Line) -> State:
        """See how it is; if it is well, set it up and read its memory. Raises `LineError`."""
        self._state = state(await _vital(line))
        if self._state.ailment is None:
            if not self._is_set_up:
                await _set_up(line)
                self._is_set_up = True
            await self._read(line)
        return self._state

    async def _read(self, line: Line) -> None:
        """Read the memory, and clear it of what the hub has had."""
        try:
            lines = await line.ask("AT+CMGL=4", "+CMGL:", LIST_S)
            used, room = _room(await line.ask("AT+CPMS?", "+CPMS:"))
        except RefusedError as error:
            log.warning("the mobile modem's memory cannot be read: %s", error.result)
            return
        now_s = self._clock.boot_s()
        self.inbox.listed(_stored(lines), now_s)
        for index in self.inbox.removable(now_s, used, room):
            await _tried(line, f"AT+CMGD={index}")


async def _vital(line: Line) -> Vital:
    refusal = ""
    sim: list[str] = []
    try:
        sim = await line.ask("AT+CPIN?", "+CPIN:")
    except RefusedError as error:
        refusal = error.result
    registrations = [found for command in REGISTRATIONS for found in await _tried(line, command, f"{command[2:-1]}:")]
    return Vital(
        sim=sim, sim_refusal=refusal, registrations=registrations, signal=await _tried(line, "AT+CSQ", "+CSQ:")
    )


async def _set_up(line: Line) -> None:
    for command in SETUP:
        await _tried(line, command)


async def _tried(line: Line, command: str, prefix: str = "") -> list[str]:
    """The answer; nothing from a modem that does not know the command."""
    try:
        return await line.ask(command, prefix)
    except RefusedError as error:
        log.info("the mobile modem refuses %s: %s", command, error.result)
        return []


def _stored(lines: list[str]) -> list[Stored]:
    """The memory's messages from `+CMGL: index,...` and the line after each."""
    found = []
    for head, content in pairwise(lines):
        index = head.partition(":")[2].partition(",")[0].strip()
        if head.startswith("+CMGL:") and index.isdecimal() and not content.startswith("+CMGL:"):
            found.append(Stored(index=int(index), pdu=content))
    return found


def _room(lines: list[str]) -> tuple[int, int]:
    """How many messages the memory holds, and how many it could, from `+CPMS: "SM",3,20,...`."""
    fields = lines[0].partition(":")[2].split(",") if lines else []
    numbers = [int(one) for one in fields[1:3] if one.strip().isdecimal()]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 1)
