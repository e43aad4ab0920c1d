"""What a modem that is not there knows of itself, and what it answers to each command (TS 27.005, TS 27.007)."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ARRIVED = 0
ROOM = 20
"""So many messages a small SIM card holds."""
PROMPT = "\r\n> "


class Lost:
    """An order: the text goes out, and the modem never says so."""


Order = str | float | Lost


@dataclass(slots=True, kw_only=True)
class Faults:
    """What is wrong with it. Everything may be changed at any time.

    `texts` says what becomes of the next texts, one each: a final result such as `+CMS ERROR: 38` instead of sending,
    a number of seconds after which it is answered, or `Lost`; `numbers` the same for every text to a number.
    `report` is the status that the network reports of each text, if any; `unknown` are commands that it does not know.
    """

    sim: str = "READY"
    registered: int = 1
    signal: int = 20
    hangs: bool = False
    answers_after_s: float = 0.0
    texts: deque[Order] = field(default_factory=deque)
    numbers: dict[str, Order] = field(default_factory=dict)
    report: int | None = ARRIVED
    unknown: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class ModemState:
    """What it was told since power came on, and what its SIM card keeps."""

    faults: Faults = field(default_factory=Faults)
    memory: dict[int, str] = field(default_factory=dict)
    echoes: bool = True
    tells: bool = False
    awaits_text: bool = False

    def power_on(self) -> None:
        """Forget what was told; the card's memory stays."""
        self.echoes, self.tells, self.awaits_text = True, False, False


def answer(state: ModemState, command: str) -> str:
    """What it says to a command."""
    for pattern, reply in _COMMANDS.items() if command not in state.faults.unknown else ():
        if found := re.fullmatch(pattern, command, re.IGNORECASE):
            return reply(state, found)
    return lines("ERROR")


def lines(*said: str) -> str:
    r"""Lines as a modem says them.

    >>> lines("OK")
    '\r\nOK\r\n'
    """
    return "".join(f"\r\n{line}\r\n" for line in said)


def octets(pdu: str) -> int:
    """The length that a modem gives of a message: without its message centre's address."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


def _ok(_state: ModemState, _found: re.Match[str]) -> str:
    return lines("OK")


def _echo(state: ModemState, found: re.Match[str]) -> str:
    state.echoes = found[1] == "1"
    return lines("OK")


def _sim(state: ModemState, _found: re.Match[str]) -> str:
    return lines(f"+CPIN: {state.faults.sim}", "OK") if state.faults.sim else lines("+CME ERROR: 10")


def _registration(state: ModemState, found: re.Match[str]) -> str:
    return lines(f"{found[1]}: 0,{state.faults.registered}", "OK")


def _signal(state: ModemState, _found: re.Match[str]) -> str:
    return lines(f"+CSQ: {state.faults.signal},99", "OK")


def _tell(state: ModemState, found: re.Match[str]) -> str:
    state.tells = found[1] != "0"
    return lines("OK")


def _list(state: ModemState, _found: re.Match[str]) -> str:
    rows = (f"+CMGL: {index},1,,{octets(pdu)}\r\n{pdu}" for index, pdu in sorted(state.memory.items()))
    return lines(*rows, "OK")


def _delete(state: ModemState, found: re.Match[str]) -> str:
    return lines("OK" if state.memory.pop(int(found[1]), None) else "+CMS ERROR: 321")


def _room(state: ModemState, _found: re.Match[str]) -> str:
    each = f'"SM",{len(state.memory)},{ROOM}'
    return lines(f"+CPMS: {each},{each},{each}", "OK")


def _prompt(state: ModemState, _found: re.Match[str]) -> str:
    """Ask for the text. Without a SIM card there is nothing to ask for."""
    state.awaits_text = bool(state.faults.sim)
    return PROMPT if state.faults.sim else lines("+CMS ERROR: 310")


_COMMANDS: Mapping[str, Callable[[ModemState, re.Match[str]], str]] = {
    r"AT": _ok,
    r"ATE([01])": _echo,
    r"AT\+CPIN\?": _sim,
    r"AT(\+CREG|\+CEREG)\?": _registration,
    r"AT\+CSQ": _signal,
    r"AT\+CMEE=\d": _ok,
    r"AT\+CMGF=0": _ok,
    r"AT\+CSMS=0": _ok,
    r"AT\+CNMI=(\d),\d,\d,\d,\d": _tell,
    r"AT\+CMGL=4": _list,
    r"AT\+CMGD=(\d+)": _delete,
    r"AT\+CPMS\?": _room,
    r"AT\+CMGS=\d+": _prompt,
}
