"""What became of the texts that were handed to the modem: accepted, in doubt, reported by the network. Pure."""

import re
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from hub.channels.gsm.received import Report
from hub.model import Evidence, Message, NotificationState

REMEMBERED = 500
EARLY = 8
"""So many reports may come before the number that they are about."""
ARRIVED = 0x00
_STILL_TRYING_FROM, _FAILED_FROM = 0x20, 0x40
"""TS 23.040, 9.2.3.15: below 0x20 it is done, below 0x40 it is still tried, from there on it has failed."""
_ACCEPTED = re.compile(r"gsm-([^-]+)-(\d+(?:\.\d+)*)")
"""A text's number, as `Track.provider_id` writes it."""


@dataclass(slots=True, kw_only=True)
class Track:
    """One text: how many parts it has, the number that each got, and what the network reported of each.

    `in_doubt`: a part was handed over and the modem has not said what came of it.
    """

    to: str
    reference: str
    parts: int
    in_doubt: bool = False
    numbers: list[int] = field(default_factory=list)
    reports: dict[int, Report] = field(default_factory=dict)

    @property
    def provider_id(self) -> str:
        """How it is asked for: its reference, and the numbers of its parts, which alone come again after 256 texts."""
        return f"gsm-{self.reference}-{'.'.join(map(str, self.numbers))}"

    def evidence(self) -> Evidence | None:
        """How far it has got; None while not every part was accepted."""
        if len(self.numbers) < self.parts:
            return None
        worst = max((one.status for one in self.reports.values()), default=ARRIVED)
        arrived = all(number in self.reports for number in self.numbers) and worst < _STILL_TRYING_FROM
        state = NotificationState.DELIVERED if arrived and worst == ARRIVED else NotificationState.ACCEPTED
        failed = worst >= _FAILED_FROM
        detail = f"the network reports status {worst}" if failed else ""
        return Evidence(state=state, provider_id=self.provider_id, negative=failed, detail=detail)


class Tracks:
    """The texts of late, each under its recipient and reference."""

    def __init__(self) -> None:
        self._tracks: OrderedDict[tuple[str, str], Track] = OrderedDict()
        self._early: deque[Report] = deque(maxlen=EARLY)

    def begin(self, message: Message, parts: int) -> Track:
        """A text is about to be handed over, perhaps again."""
        track = Track(to=message.to, reference=message.reference, parts=parts)
        self._tracks.pop((track.to, track.reference), None)
        self._tracks[track.to, track.reference] = track
        while len(self._tracks) > REMEMBERED:
            self._tracks.popitem(last=False)
        return track

    def accepted(self, track: Track, number: int) -> None:
        """The modem has taken a part, and this is the number it got. Its report may have come first."""
        track.in_doubt = False
        track.numbers.append(number)
        for report in [one for one in self._early if _fits(track, one)]:
            self._early.remove(report)
            track.reports[number] = report

    def late(self, number: int) -> None:
        """The modem says, long after it was asked, that it did accept a part."""
        doubtful = next((one for one in reversed(self._tracks.values()) if one.in_doubt), None)
        if doubtful is not None:
            self.accepted(doubtful, number)

    def reported(self, report: Report) -> None:
        """The network says what became of a part; the newest text with its number is meant."""
        track = next((one for one in reversed(self._tracks.values()) if _fits(one, report)), None)
        if track is None:
            self._early.append(report)
        else:
            track.reports[report.number] = report

    def find(self, message: Message) -> Evidence | None:
        """What is known of this text; None: that it was accepted is not."""
        track = self._tracks.get((message.to, message.reference))
        return None if track is None else track.evidence()

    def status(self, provider_id: str) -> Evidence | None:
        """How far it has got."""
        known = (one for one in reversed(self._tracks.values()) if one.provider_id == provider_id)
        track = next(known, None) or self._revived(provider_id)
        return None if track is None else track.evidence()

    def _revived(self, provider_id: str) -> Track | None:
        """A text from before the hub's last start: to whom it went is not known here, only which numbers it got.

        So it comes after every text that is: a report is its own only where no newer one fits.
        """
        found = _ACCEPTED.fullmatch(provider_id)
        if found is None:
            return None
        track = Track(to="", reference=found[1], parts=found[2].count(".") + 1)
        for number in found[2].split("."):
            self.accepted(track, int(number))
        self._tracks["", track.reference] = track
        self._tracks.move_to_end(("", track.reference), last=False)
        return track


def _fits(track: Track, report: Report) -> bool:
    return report.number in track.numbers and _same(track.to, report.to)


def _same(one: str, other: str) -> bool:
    """Whether two ways to write a number mean the same telephone: networks report the national form at times."""
    ours, theirs = (number.lstrip("+0") for number in (one, other))
    return bool(theirs) and (ours.endswith(theirs) or theirs.endswith(ours))
