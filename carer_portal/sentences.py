"""From facts to what is said: the answer, why we think so, and what we cannot see."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from carer_portal import times, wording
from carer_portal.catalogue import _
from carer_portal.judgement import Facts
from carer_portal.model import (
    Band,
    Blind,
    Door,
    Lapse,
    Line,
    LostLink,
    Movement,
    OpenFault,
    Shown,
    Tone,
    Unheard,
    Vital,
)

DOOR_OPEN_LONG: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """To whom and when something is said."""

    name: str | None
    now: datetime
    tz: ZoneInfo

    @property
    def who(self) -> str:
        """The resident, as this viewer may call them."""
        return self.name or wording.SOMEBODY

    def past(self, at: datetime) -> str:
        """How long ago, and when."""
        return times.past(at, self.now, self.tz)

    def moment(self, at: datetime) -> str:
        """When."""
        return times.moment(at, self.now, self.tz)


def _alarm(telling: Telling, shown: Shown) -> str:
    first = shown.alarms[0]
    if first.owner is not None:
        return _("{who} may need help. {owner} is going.").format(who=telling.who, owner=first.owner.display)
    return _("{who} may need help.").format(who=telling.who)


def _hub_silent(telling: Telling, shown: Shown) -> str:
    if shown.blind.hub_since is None:
        return _("The hub in the home has not been heard from yet, so we cannot tell how {who} is.").format(
            who=telling.who
        )
    return _("The hub in the home was last heard from {when}, so we cannot tell how {who} is.").format(
        who=telling.who, when=telling.past(shown.blind.hub_since)
    )


def _resting(telling: Telling, shown: Shown) -> str:
    if shown.resting is None or shown.resting.until is None:
        return _("{who} lets the sensors rest, so we cannot tell how things are.").format(who=telling.who)
    return _("{who} lets the sensors rest until {when}, so we cannot tell how things are.").format(
        who=telling.who, when=telling.moment(shown.resting.until)
    )


def _well(telling: Telling, shown: Shown) -> str:
    if shown.movement is None:
        return _("All is well with {who}.").format(who=telling.who)
    return _("{who} was last seen moving{where_and_when}.").format(
        who=telling.who, where_and_when=_where_and_when(telling, shown.movement)
    )


def _always(words: str) -> Callable[[Telling, Shown], str]:
    return lambda telling, _shown: words.format(who=telling.who)


HEADLINES: Final[Mapping[str, Callable[[Telling, Shown], str]]] = MappingProxyType(
    {
        "alarm": _alarm,
        "hub_silent": _hub_silent,
        "resting": _resting,
        "no_sensors": _always(_("No sensor has been set up yet, so we cannot tell how {who} is.")),
        "none_heard": _always(_("No sensor can be heard, so we cannot tell how {who} is.")),
        "never_moved": _always(_("Nobody has been seen moving yet, so we cannot tell how {who} is.")),
        "still": _always(_("Nobody has been seen moving for a long time.")),
        "out_of_range": _always(_("A measured value of {who} is outside the agreed range.")),
        "equipment": _always(_("{who} seems to be all right, but something in the home needs a look.")),
        "well": _well,
    }
)
"""One sentence a rule of `judgement.RULES`."""


def headline(rule: str, telling: Telling, shown: Shown) -> str:
    """The one sentence that answers "is she all right?"."""
    return wording.capital(HEADLINES[rule](telling, shown))


def not_shared(telling: Telling) -> str:
    """What a role reads with which the resident shares nothing."""
    return _("Nothing about how {who} is has been shared with you.").format(who=telling.who)


def why(telling: Telling, shown: Shown, facts: Facts) -> Iterator[Line]:
    """Why we think so, in the order in which it matters. What a silent hub said last speaks for nothing."""
    for line in _reasons(telling, shown, still=facts.still):
        yield line if facts.hub_alive else replace(line, tone=Tone.PLAIN)


def _reasons(telling: Telling, shown: Shown, *, still: bool) -> Iterator[Line]:
    if not shown.alarms:
        yield Line(text=_("No alarm is open."), tone=Tone.GOOD)
    if shown.movement is not None:
        yield Line(text=_movement(telling, shown.movement), tone=Tone.ATTENTION if still else Tone.GOOD)
    for vital in shown.vitals:
        yield Line(text=_vital(telling, vital), tone=Tone.GOOD if vital.band is Band.WITHIN else Tone.ATTENTION)
    for door in shown.doors:
        yield _door(telling, door)


def _movement(telling: Telling, movement: Movement) -> str:
    return _("Last seen moving{where_and_when}.").format(where_and_when=_where_and_when(telling, movement))


def _where_and_when(telling: Telling, movement: Movement) -> str:
    where = _(" in the {room}").format(room=movement.room.replace("_", " ")) if movement.room else ""
    return where + (" " + telling.past(movement.at) if movement.at else "")


def _vital(telling: Telling, vital: Vital) -> str:
    value = "" if vital.value is None else " " + wording.VITAL_UNITS[vital.quantity].format(value=vital.value) + ","
    when = "" if vital.at is None else ", " + telling.past(vital.at)
    return f"{wording.VITALS[vital.quantity]}{value} {wording.BANDS[vital.band]}{when}."


def _door(telling: Telling, door: Door) -> Line:
    long = door.since is not None and telling.now - door.since > DOOR_OPEN_LONG
    state = _("{name} is open") if door.open else _("{name} is closed")
    since = "" if door.since is None else _(" since {when}").format(when=telling.moment(door.since))
    tone = (Tone.ATTENTION if long else Tone.PLAIN) if door.open else Tone.GOOD
    return Line(text=f"{state.format(name=door.name)}{since}.", tone=tone)


def cannot_see(telling: Telling, blind: Blind) -> Iterator[Line]:
    """What we cannot see now, the gravest first."""
    if not blind.hub_alive:
        yield Line(text=_("The hub is not running, or not on this computer."), tone=Tone.ATTENTION)
    for link in blind.links:
        yield Line(text=_lost_link(telling, link), tone=Tone.ATTENTION)
    for broken in blind.faults:
        yield Line(text=_fault(telling, broken), tone=Tone.ATTENTION)
    for lapse in blind.lapses:
        yield Line(text=_lapse(telling, lapse), tone=Tone.PLAIN)
    for unheard in blind.unheard:
        yield Line(text=_unheard(telling, unheard), tone=Tone.PLAIN if unheard.at_will else Tone.ATTENTION)
    if blind.unknown_senders:
        yield Line(text=wording.unknown_senders(blind.unknown_senders), tone=Tone.PLAIN)
    if blind.malformed_frames:
        yield Line(text=wording.malformed_frames(blind.malformed_frames), tone=Tone.PLAIN)


def _lost_link(telling: Telling, link: LostLink) -> str:
    if link.subject == "radio":
        return _("The Bluetooth radio has been down since {when}.").format(when=telling.moment(link.since))
    return _("Nothing has come through the port {port} since {when}.").format(
        port=link.subject, when=telling.moment(link.since)
    )


def _fault(telling: Telling, broken: OpenFault) -> str:
    owner = "" if broken.owner is None else _(" {who} is looking after it.").format(who=broken.owner.display)
    due = (
        "" if broken.due_at is None else _(" It is to be mended by {when}.").format(when=telling.moment(broken.due_at))
    )
    return f"{broken.because}{owner}{due}"


def _lapse(telling: Telling, lapse: Lapse) -> str:
    return _("{because} That was over at {when}.").format(because=lapse.because, when=telling.moment(lapse.until))


def _unheard(telling: Telling, unheard: Unheard) -> str:
    if unheard.since is None:
        return _("{name} has not been heard yet.").format(name=unheard.name)
    return _("{name} was last heard {when}. Perhaps {means}.").format(
        name=unheard.name, when=telling.past(unheard.since), means=unheard.means
    )
