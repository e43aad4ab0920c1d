"""Whether a modem can send, from what it says of its SIM card, its network and its signal. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Ailment(StrEnum):
    """Why a modem cannot send."""

    SILENT = "silent"
    NO_SIM = "no_sim"
    LOCKED = "locked"
    BROKEN_SIM = "broken_sim"
    REFUSED = "refused"
    NO_NETWORK = "no_network"
    NO_SIGNAL = "no_signal"


ADVICE: Mapping[Ailment, str] = {
    Ailment.SILENT: "it does not answer. Pull its plug out, wait a moment, and plug it in again",
    Ailment.NO_SIM: "there is no SIM card in it, or it is not pushed in all the way",
    Ailment.LOCKED: "its SIM card asks for a PIN. Put the card into a telephone, switch the PIN off, and put it back",
    Ailment.BROKEN_SIM: "its SIM card does not work. It may need to be wiped, or replaced",
    Ailment.REFUSED: "the network turns its SIM card away. Its contract may have run out",
    Ailment.NO_NETWORK: "it finds no mobile network. It may do better by a window",
    Ailment.NO_SIGNAL: "it has no signal where it stands. It may do better by a window",
}

_SIM: Mapping[str, Ailment | None] = {
    "READY": None,
    "NOT INSERTED": Ailment.NO_SIM,
    "NOT READY": Ailment.NO_SIM,
    "SIM PIN": Ailment.LOCKED,
    "SIM PUK": Ailment.LOCKED,
}
_SIM_ERRORS: Mapping[str, Ailment] = {
    "+CME ERROR: 10": Ailment.NO_SIM,
    "+CME ERROR: 11": Ailment.LOCKED,
    "+CME ERROR: 12": Ailment.LOCKED,
}
_AT_HOME, _ROAMING, _DENIED = 1, 5, 3
_REGISTERED = frozenset({_AT_HOME, _ROAMING, 6, 7})
"""TS 27.007, 7.2: 6 and 7 are registered for texts only, at home and roaming."""
_UNKNOWN_SIGNAL = 99
_LEAST_SIGNAL = 2
"""Below -109 dBm hardly a text gets through."""
_BANDS = ((10, "weak"), (15, "fair"), (32, "good"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """What a modem said when it was looked at. `registrations` are those of each radio it has; the best counts."""

    sim: Sequence[str] = ()
    sim_refusal: str = ""
    registrations: Sequence[str] = ()
    signal: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a modem is: what ails it, in words, or its signal."""

    ailment: Ailment | None
    words: str


def state(vital: Vital) -> State:
    """What this adds up to."""
    ailment = _sim(vital) or _network(vital)
    if ailment is not None:
        return State(ailment=ailment, words=ADVICE[ailment])
    rssi = _numbers(vital.signal)[:1]
    return State(ailment=None, words=f"its signal is {band(rssi[0])}" if rssi else "")


def band(rssi: int) -> str:
    """The signal in a word, from the figure of `AT+CSQ` (0 is -113 dBm, each step 2 dB more).

    >>> [band(rssi) for rssi in (2, 9, 10, 15, 31, 99)]
    ['weak', 'weak', 'fair', 'good', 'good', 'unknown']
    """
    return next((word for below, word in _BANDS if rssi < below), "unknown")


def _sim(vital: Vital) -> Ailment | None:
    if vital.sim_refusal:
        return _SIM_ERRORS.get(vital.sim_refusal.strip(), Ailment.BROKEN_SIM)
    said = vital.sim[0].partition(":")[2].strip() if vital.sim else "READY"
    return _SIM.get(said, Ailment.LOCKED)


def _network(vital: Vital) -> Ailment | None:
    found = {_numbers([line])[1] for line in vital.registrations if len(_numbers([line])) > 1}
    if found & _REGISTERED or not found:
        return None
    if _DENIED in found:
        return Ailment.REFUSED
    rssi = _numbers(vital.signal)[:1]
    deaf = rssi == [_UNKNOWN_SIGNAL] or (rssi and rssi[0] < _LEAST_SIGNAL)
    return Ailment.NO_SIGNAL if deaf else Ailment.NO_NETWORK


def _numbers(lines: Sequence[str]) -> list[int]:
    """The plain numbers after the colon of the first line.

    >>> _numbers(['+CREG: 2,1,"1A2B","00FF"'])
    [2, 1]
    """
    fields = lines[0].partition(":")[2].split(",") if lines else []
    return [int(one) for one in fields if re.fullmatch(r"\s*\d+\s*", one)]
