"""What is said of a fault: as much of its own sentence as fits, to whoever may know devices, rooms and times. Pure."""

import re
from collections.abc import Iterator

from analytics.model import FindingKind
from hub.escalation import wording
from hub.escalation.letters import Letter, may_see, who
from hub.model import Purpose

NAMES = ("kind", "room", "time", "first_name")
"""What stands in such a sentence."""
_SENTENCES = re.compile(r"(?<=\.) ")
_MEANS = ", so "


def heads(letter: Letter, purpose: Purpose) -> Iterator[str]:
    """The head of a message about a fault, with less and less; none where it is about something else."""
    alarm = letter.alarm
    if alarm is None or alarm.kind != FindingKind.FAULT:
        return
    if purpose is Purpose.CLOSED:
        yield wording.TROUBLE_OVER.format(who=who(letter))
    elif purpose in wording.TROUBLES and all(may_see(letter, name) for name in NAMES):
        for trouble in shorter(alarm.because):
            yield wording.TROUBLES[purpose].format(who=who(letter), trouble=trouble)


def shorter(because: str) -> list[str]:
    """The sentence with all that it says, then with less and less: of one trouble what it means, of several each.

    >>> shorter("The mat is silent, so I cannot tell. I watch the radar.")[1:]
    ['The mat is silent, so I cannot tell.', 'The mat is silent.']
    >>> shorter("2 things. The mat is silent, so I cannot tell. It is flat.")[2:]
    ['2 things. The mat is silent. It is flat.', '2 things. The mat is silent.', '2 things.']
    """
    full = _SENTENCES.split(because)
    plain = [f"{one.partition(_MEANS)[0]}." if _MEANS in one else one for one in full]
    if not because[:1].isdigit():
        return [because, full[0], plain[0]]
    forms = {" ".join(some[:number]) for some in (full, plain) for number in range(1, len(some) + 1)}
    return sorted(forms, key=lambda one: (-len(one), one))
