"""A trace in lines that people read."""

from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from co_design.model_trace import (
    Trace,
    TracedChange,
    TracedDecision,
    TracedReply,
    TracedSetting,
    TracedStep,
    TracedUtterance,
)

RESTED = " (some of what this rests on was taken back)"
AGREED = {True: "agrees", False: "does not agree", None: "has not answered yet"}


def lines(found: Trace, tz: ZoneInfo) -> Iterator[str]:
    """The whole trace, section by section."""
    yield f"{found.subject}: {found.about}"
    resting = (_setting(one) for one in found.settings)
    yield from _section("Rests on", resting, "no setting; it was raised whatever the settings were.")
    said = (_said(one, tz) for one in found.utterances)
    yield from _section(
        "What people said", said, "nothing yet. Label the alarm on the portal: right, wrong or not now, and why."
    )
    yield from _section("Themes", map(_step, found.themes))
    yield from _section("Needs", map(_step, found.needs))
    yield from _section("Ideas", map(_step, found.ideas))
    for decision in found.decisions:
        yield from _section(f"Decision {decision.id}, {decision.at.astimezone(tz):%Y-%m-%d}", _decision(decision, tz))


def _section(title: str, rows: Iterable[str], otherwise: str = "") -> Iterator[str]:
    found = list(rows) or ([otherwise] if otherwise else [])
    if found:
        yield from ("", f"{title}:", *(f"  {row}" for row in found))


def _setting(setting: TracedSetting) -> str:
    why = f": {setting.because}" if setting.because else ""
    origin = f"version {setting.version}, {setting.provenance}{why}"
    return f"{setting.key} = {setting.value} ({origin}; said of it: {len(setting.utterances)})"


def _said(said: TracedUtterance, tz: ZoneInfo) -> str:
    about = f" (alarm {', '.join(map(str, said.alarms))})" if said.alarms else ""
    words = said.words if said.words.startswith("(") else f"“{said.words}”"
    return f"u{said.id}, {said.at.astimezone(tz):%Y-%m-%d %H:%M}, {said.pseudonym}: {words}{about}"


def _step(step: TracedStep) -> str:
    return f"{step.words}{RESTED if step.marked else ''}"


def _decision(one: TracedDecision, tz: ZoneInfo) -> Iterator[str]:
    yield f"{one.question}{RESTED if one.marked else ''}"
    yield from (f"option: {option}" for option in one.options)
    yield f"chosen: {one.chosen}, because {one.reasons}"
    yield f"by right: {one.right}"
    yield from (_tally(label, roles) for label, roles in one.tallies.items())
    yield from (f"thought otherwise: {said}" for said in one.dissent)
    if one.no_change_because is not None:
        yield f"nothing changed, because {one.no_change_because}"
    for change in one.changes:
        yield from _change(change, tz)
    yield from map(_reply, one.replies)


def _tally(label: str, roles: Mapping[str, Mapping[str, int | str]]) -> str:
    said = "; ".join(f"{role} {counts(voices)}" for role, voices in roles.items())
    return f"voices on “{label}”: {said or 'none'}"


def counts(voices: Mapping[str, int | str]) -> str:
    """What was said how often, in words."""
    return ", ".join(f"{choice.replace('_', ' ')} {number}" for choice, number in sorted(voices.items()))


def _change(one: TracedChange, tz: ZoneInfo) -> Iterator[str]:
    where = ", ".join(one.homes) or "no home"
    yield f"we did: {one.setting} version {one.version}, since {one.at.astimezone(tz):%Y-%m-%d}, in {where}"
    if one.reverted_at is not None:
        yield f"taken back {one.reverted_at.astimezone(tz):%Y-%m-%d}, because {one.reverted_because}"
    yield f"it did: {one.effect.replace('_', ' ')}"
    yield from (f"  {effect.words}: {effect.kind.replace('_', ' ')}" for effect in one.effects)


def _reply(one: TracedReply) -> str:
    answered = f": “{one.answer}”" if one.answer is not None else ""
    return f"told {one.pseudonym}: {one.told} ({AGREED[one.agrees]}{answered})"
