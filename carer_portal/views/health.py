"""The score, the newest values, what was kept out, and the limits with where they come from."""

import streamlit as st

from analytics.vitals.news2 import Score
from carer_portal import times
from carer_portal import wording_days as words
from carer_portal.queries_health import COUNTS_FOR, Health, Limit, Value
from carer_portal.sight import Look
from carer_portal.views import markup, parts

HOURS = int(COUNTS_FOR.total_seconds() // 3600)


def show(found: Health, look: Look) -> None:
    """Draw it."""
    parts.title(words.HEALTH)
    parts.section(words.NEWS2, markup.quiet(words.NOT_SHARED) if found.score is None else _score(found.score))
    parts.section(words.LATEST, markup.quiet(words.NOT_SHARED) if found.values is None else _values(found.values, look))
    if found.kept_out is not None:
        refused = [(why, str(n)) for why, n in found.kept_out]
        table = (
            markup.table(words.KEPT_OUT_HEADS, refused, words.KEPT_OUT)
            if refused
            else markup.quiet(words.NONE_KEPT_OUT)
        )
        parts.section(words.KEPT_OUT, table)
    if found.limits:
        _limits(found.limits, look)
    if look.sight.person:
        links = [markup.link(words.TO_HANDOVER, "/handover")]
        if look.sight.may("vitals"):
            links.append(markup.link(words.TO_FHIR, "/health/fhir.json"))
        st.html(markup.tag("ul", "".join(markup.tag("li", one) for one in links), "al-people"))
    st.html(markup.quiet(words.NOT_A_DEVICE))


def score_line(score: Score) -> str:
    """The score in one sentence; a partial one says that it is."""
    if not score.parts:
        return words.NEWS2_NONE.format(hours=HOURS)
    if score.total is not None and score.urgency is not None:
        return words.NEWS2_TOTAL.format(total=score.total, urgency=words.URGENCIES[score.urgency])
    missing = ", ".join(words.PARAMETERS[one].lower() for one in score.missing)
    said = words.NEWS2_PARTIAL.format(at_least=score.at_least, missing=missing)
    return said if score.urgency is None else f"{said} {words.URGENCIES[score.urgency]}."


def value_row(one: Value, look: Look) -> tuple[str, str, str, str]:
    """One value as a row."""
    when = times.past(one.at, look.now, look.tz) if look.sight.may("time") else ""
    return words.QUANTITIES[one.quantity], f"{one.value:g}", when, words.GOOD if one.believed else words.DOUBTED


def _score(score: Score) -> str:
    rows = [
        (words.PARAMETERS[one], str(score.parts[one]) if one in score.parts else words.MISSING)
        for one in words.PARAMETERS
    ]
    note = markup.quiet(words.NEWS2_NOTE.format(hours=HOURS))
    return markup.paragraph(score_line(score), "al-state") + markup.table(words.NEWS2_HEADS, rows, words.NEWS2) + note


def _values(values: tuple[Value, ...], look: Look) -> str:
    if not values:
        return markup.quiet(words.NO_VALUES)
    return markup.table(words.LATEST_HEADS, [value_row(one, look) for one in values], words.LATEST)


def _limits(limits: tuple[Limit, ...], look: Look) -> None:
    """What was decided for this person first; what is as shipped can be looked up below."""
    decided = [_limit(one, look) for one in limits if one.decided]
    table = markup.table(words.LIMIT_HEADS, decided, words.LIMITS) if decided else markup.quiet(words.NONE_DECIDED)
    parts.section(words.LIMITS, table)
    with st.expander(words.AS_SHIPPED):
        shipped = [_limit(one, look) for one in limits if not one.decided]
        st.html(markup.table(words.LIMIT_HEADS, shipped, words.AS_SHIPPED))


def _limit(one: Limit, look: Look) -> tuple[str, str, str, str]:
    review = "" if one.review_at is None else times.day(one.review_at, look.tz)
    return one.words, one.value, one.provenance, review
