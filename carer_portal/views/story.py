"""One alarm's whole story, and the list of all of them."""

from collections import Counter

import streamlit as st

from carer_portal import times, wording
from carer_portal import wording_alarm as words
from carer_portal.model import Asked
from carer_portal.queries_resident import Case
from carer_portal.queries_story import Entry, Listed, Point, Story
from carer_portal.sight import Look
from carer_portal.views import charts, labelling, markup, parts
from carer_portal.visit import Asking


def index(alarms: tuple[Listed, ...], look: Look) -> None:
    """Every alarm of the last weeks, each leading to its story."""
    parts.title(words.ALL_ALARMS)
    if not alarms:
        st.html(markup.paragraph(words.NO_ALARMS, "al-quiet"))
        return
    rows = "".join(markup.tag("li", _line(one, look)) for one in alarms)
    st.html(markup.tag("ul", rows, "al-people"))


def show(story: Story, look: Look, asked: tuple[Asked, ...], asking: Asking) -> None:
    """Draw it."""
    st.html(_head(story, look))
    parts.section(words.TIMELINE, _timeline(story.entries, look))
    _evidence(story, look)
    if story.because is not None:
        _rules(story)
        said = [f"{one.person.display}: {wording.VERDICTS[one.verdict]} {one.because}".strip() for one in story.labels]
        parts.section(words.LABELS, markup.words(said, "al-people") if said else markup.quiet(words.NO_LABELS))
        if look.sight.helps:
            labelling.label(story.listed.id, story.siblings, asked, asking)
            labelling.contest(story.listed.id, asked, asking)
        if story.cases:
            parts.section(words.CASES, "")
            labelling.cases(story.cases, look, asking)
    st.html(markup.paragraph("") + markup.link(words.ALL_ALARMS, "/alarms"))


def to_answer(cases: tuple[Case, ...], look: Look, asking: Asking) -> None:
    """What this viewer has to answer, whether or not they may know the alarm that it is about."""
    if cases:
        parts.section(words.TO_ANSWER, "")
        labelling.cases(cases, look, asking)


def missing() -> None:
    """There is nothing to show."""
    st.html(markup.tag("section", markup.tag("h1", markup.text(words.NO_SUCH)), "al-empty", role="status"))
    st.html(markup.link(words.ALL_ALARMS, "/alarms"))


def _line(one: Listed, look: Look) -> str:
    when = "" if one.opened_at is None else f", {times.moment(one.opened_at, look.now, look.tz)}"
    return markup.link(one.title, f"/alarms?alarm={one.id}") + markup.text(f": {_state(one, look)}{when}")


def _state(one: Listed, look: Look) -> str:
    if one.owner is not None and one.state in wording.OWNED:
        return wording.OWNED[one.state].format(who=one.owner.display)
    return wording.ALARM_STATES[one.state].format(name=wording.capital(look.resident))


def _head(story: Story, look: Look) -> str:
    listed = story.listed
    lines = [
        markup.tag("h1", markup.text(listed.title), "al-title"),
        markup.paragraph(_state(listed, look), "al-state"),
    ]
    if story.because is not None:
        lines.append(markup.paragraph(story.because, "al-because"))
    if listed.opened_at is not None:
        lines.append(markup.quiet(wording.since(times.past(listed.opened_at, look.now, look.tz))))
    return "".join(lines)


def _timeline(entries: tuple[Entry, ...], look: Look) -> str:
    if not entries:
        return markup.quiet(words.NO_TIMELINE)
    rows = (
        markup.tag("time", markup.text(times.moment(one.at, look.now, look.tz)), datetime=one.at.isoformat())
        + markup.text(one.text)
        for one in entries
    )
    return markup.tag("ol", "".join(markup.tag("li", row) for row in rows), "al-times")


def _evidence(story: Story, look: Look) -> None:
    if not story.movement and not story.measured:
        parts.section(words.EVIDENCE, markup.quiet(words.NO_EVIDENCE))
        return
    parts.section(words.EVIDENCE, "")
    if story.movement:
        heads = words.MOVEMENT_HEADS
        charts.show(charts.strip(_points(story.movement, look), heads), heads, _counted(story.movement, look), heads[2])
    if story.measured:
        heads = words.VITAL_HEADS
        rows = [(times.moment(one.at, look.now, look.tz), one.what, f"{one.value:g}") for one in story.measured]
        charts.show(charts.lines(_points(story.measured, look), heads), heads, rows, words.EVIDENCE)


def _points(points: tuple[Point, ...], look: Look) -> list[dict[str, object]]:
    return [{"at": charts.local(one.at, look.tz), "what": one.what, "value": one.value} for one in points]


def _counted(points: tuple[Point, ...], look: Look) -> list[tuple[str, str, str]]:
    """Signs of movement by the hour and room: what a table can say of a strip of marks."""
    hours = Counter((one.at.replace(minute=0, second=0, microsecond=0), one.what) for one in points)
    return [(times.moment(at, look.now, look.tz), room, str(n)) for (at, room), n in sorted(hours.items())]


def _rules(story: Story) -> None:
    named = ", ".join(words.DETECTOR.format(name=name.replace("_", " "), version=n) for name, n in story.detectors)
    noticed = markup.quiet(words.NOTICED_BY.format(detectors=named)) if named else ""
    rows = [(one.words, one.value, str(one.version), f"{one.provenance}: {one.because}") for one in story.rules]
    table = markup.table(words.RULE_HEADS, rows, words.RULES) if rows else markup.quiet(words.NO_RULES)
    parts.section(words.RULES, noticed + table)
