"""An alarm's story in plain words, line by line, on the household's clock. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.escalation.letters import VOICE
from hub.escalation.movement import drawn
from hub.escalation.preview import Preview
from hub.escalation.story import Row, Story, moment
from hub.model import Purpose

STATES = {
    "checking_in": "the resident is being asked",
    "escalating": "people are being called",
    "acknowledged": "somebody is going",
    "attending": "somebody is there",
    "exhausted": "nobody has answered: everybody is being called",
    "resolved": "closed",
    "cancelled": "ended by the resident",
}
PURPOSES = {
    "check_in": "asked",
    "alarm": "called",
    "exhausted": "called",
    "stand_down": "told that somebody is going",
    "backup": "told who is going",
    "closed": "told that it is over",
    "reply": "answered",
}
ASKED = "First the resident is asked"
_STEPS = frozenset({Purpose.ALARM, Purpose.REPLY})
SAID = {"going": "is going", "cannot": "cannot go", "arrived": "is there", "closed": "closed it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose clock the times are told by, and how people are called."""

    tz: ZoneInfo
    names: Mapping[str, str]

    def name(self, person: str | None) -> str:
        """A person as the household calls them."""
        return "somebody" if person is None else self.names.get(person, person)

    def time(self, at: datetime) -> str:
        """A time on the household's clock."""
        return f"{at.astimezone(self.tz):%d %b %H:%M:%S}"


def overview_line(row: Row, reader: Reader) -> str:
    """One alarm in one line."""
    place = f" in the {row['room'].replace('_', ' ')}" if row["room"] else ""
    line = f"{row['id']:>5}  {reader.time(row['opened_at'])}  {_kind(row)}{place}: {_state(row, reader)}"
    return f"{line}; next at {reader.time(row['next_at'])}" if row["next_at"] else line


def retell(story: Story, reader: Reader) -> Iterator[str]:
    """The whole story."""
    alarm = story.alarm
    yield f"Alarm {alarm['id']}: {_kind(alarm)}, severity {alarm['severity']}, {_state(alarm, reader)}"
    yield f"Because: {alarm['because']}"
    yield _policy(story, reader)
    if alarm["next_at"]:
        yield f"Next: {reader.time(alarm['next_at'])}, {alarm['next_reason']}"
    yield from _section("What it rests on", (line for row in story.findings for line in _finding(row, reader)))
    yield from _section("What could not be seen", dict.fromkeys(_unseen(row, reader) for row in story.unseen))
    yield from _section("What happened", _timeline(story, reader))
    yield from _section("What people say of it", (_label(row, reader) for row in story.labels))


def read_aloud(previews: Iterable[Preview], revision: int) -> Iterator[str]:
    """What everybody would be told, step by step."""
    yield f"By the household in force and consent revision {revision}:"
    heading = ""
    for one in previews:
        title = f"Step {one.step!r}" + (f", if {one.when}" if one.when else "") if one.purpose in _STEPS else ASKED
        if title != heading:
            heading = title
            yield from ("", title)
        yield f"  {_told(one)}"


def _told(one: Preview) -> str:
    whom = f"{one.name} ({one.role}) by {one.channel}"
    if one.not_told is not None:
        return f"{whom}: not told, because {one.not_told}"
    once = ", once they have said that they are going" if one.purpose is Purpose.REPLY else ""
    size = "" if one.length is None else f" [{one.length} characters]"
    return f"{whom}{once}: {one.text}{size}"


def _timeline(story: Story, reader: Reader) -> Iterator[str]:
    """Everything that happened, in order."""
    tellings: tuple[tuple[list[Row], Callable[[Row, Reader], str]], ...] = (
        (story.events, _event),
        (story.transitions, _transition),
        (story.messages, _message),
        (story.replies, _reply),
        (story.answers, _answer),
    )
    lines = [(moment(row), tell(row, reader)) for rows, tell in tellings for row in rows]
    lines += [(report["at"], _delivery(report, row, reader)) for row in story.messages for report in row["deliveries"]]
    yield from (f"{reader.time(at)}  {line}" for at, line in sorted(lines, key=lambda one: one[0]))


def _policy(story: Story, reader: Reader) -> str:
    """By which plan and which consent, each as it was then."""
    plan = f"By the plan {story.alarm['policy']['plan']['name']!r} as it was when it opened"
    applied = story.household
    if applied is not None:
        who, at = reader.name(applied["applied_by"]), reader.time(applied["applied_at"])
        plan += f" (revision {applied['revision']} of the household, applied by {who}, {at})"
    revisions = sorted({row["consent_revision"] for row in story.messages})
    if not revisions:
        return f"{plan}."
    return f"{plan}; messages by consent revision {' and '.join(map(str, revisions))}."


def _event(row: Row, _reader: Reader) -> str:
    return f"{row['device']} reported: {row['kind'].replace('_', ' ')}"


def _kind(row: Row) -> str:
    return str(row["kind"]).replace("_", " ")


def _state(row: Row, reader: Reader) -> str:
    words = STATES[row["state"]]
    if row["owner"] and row["closed_at"] is None:
        words = f"{words} ({reader.name(row['owner'])})"
    return f"{words} ({row['outcome']})" if row["outcome"] else words


def _finding(row: Row, reader: Reader) -> Iterator[str]:
    yield f"{reader.time(row['at'])}  {row['because']} ({row['detector']}, version {row['detector_version']})"
    for item in row["evidence"]:
        value = "" if item["value"] is None else f" {item['value']:g}"
        yield f"    {item['device']}: {item['what']}{value}"
    if row["movement"] is not None:
        yield f"    {_movement(row['movement'], reader)}"
    for used in row["settings"]:
        yield f"    {used['key']} = {used['value']} ({_provenance(used, reader)})"


def _movement(kept: Row, reader: Reader) -> str:
    strongest = f"strongest {kept['peak_g']:g} g at {reader.time(kept['peak_at'])}"
    return f"{kept['device']}: {kept['seconds']:g} s of movement kept, {strongest}: {drawn(kept['strength_g'])}"


def _provenance(used: Row, reader: Reader) -> str:
    if used["provenance"] == "default" or "by" not in used:
        return "as Alongside ships it"
    return f"version {used['version']}, {reader.name(used['by'])}: {used['because']}"


def _transition(row: Row, reader: Reader) -> str:
    """Why, by whom, and what it came to, each said once."""
    why = row["detail"].rstrip(".")
    who = f" ({reader.name(row['by'])})" if row["by"] else ""
    state = STATES[row["to_state"]]
    news = row["to_state"] != row["from_state"] and why.casefold() != state
    return f"{why}{who}: {state}." if news else f"{why}{who}."


def _message(row: Row, reader: Reader) -> str:
    whom = f"{reader.name(row['person'])} by {row['channel']}"
    if row["state"] in ("suppressed", "superseded"):
        return f"{whom}: not {PURPOSES[row['purpose']]} ({row['reason']})"
    note = f" ({row['reason']})" if row["reason"] else ""
    return f"{whom}: {PURPOSES[row['purpose']]}, {row['state']}{note}: {row['text']}"


def _delivery(report: Row, message: Row, reader: Reader) -> str:
    told = "did not arrive" if report["status"] == "negative" else report["status"]
    return f"{reader.name(message['person'])} by {message['channel']}: {told}"


def _reply(row: Row, reader: Reader) -> str:
    how = "pressed" if row["channel"] == VOICE else "wrote"
    return f"{reader.name(row['person'])} {how} {row['text']!r}: {row['effect'].replace('_', ' ')}"


def _answer(row: Row, reader: Reader) -> str:
    return f"{reader.name(row['person'])} {SAID[row['said']]}" + ("" if row["won"] else " (recorded)")


def _unseen(row: Row, reader: Reader) -> str:
    over = "" if row["until"] is None else f" It was over at {reader.time(row['until'])}."
    return f"{row['because']}{over}"


def _label(row: Row, reader: Reader) -> str:
    why = f": {row['because']}" if row["because"] else ""
    return f"{reader.time(row['at'])}  {reader.name(row['by'])} says it was {row['verdict'].replace('_', ' ')}{why}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    if found:
        yield from ("", title, *found)
