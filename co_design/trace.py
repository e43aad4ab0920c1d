"""Walks the chain both ways: from an alarm, a setting or an utterance to all that it is linked to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import TypeVar

from sqlalchemy import Connection, select

from analytics.settings import DEFAULTS
from co_design.chain import Chain, load
from co_design.graph import Kind, Node, backwards, forwards, numbers, reached
from co_design.model import ConsentScope, LinkKind
from co_design.model_deciding import Mark
from co_design.model_trace import Trace, TracedSetting
from co_design.view import View
from co_design.words import Reader
from hub.model import Provenance
from hub.store.schema import alarm, alarm_finding, finding

T = TypeVar("T")

Used = tuple[str, int, float | str | bool]
"""A setting as it was used or laid down: key, version, value."""


class NothingToTraceError(LookupError):
    """There is no such alarm, no such setting, and no such utterance."""


def trace(connection: Connection, subject: str, now: datetime, audience: ConsentScope = ConsentScope.HOME) -> Trace:
    """Walk from an alarm's number (`12`), an utterance's (`u12`) or a setting's key. Raises `NothingToTraceError`."""
    view = View(chain=load(connection), reader=Reader(audience=audience, now=now))
    if subject.isdecimal():
        return _trace_alarm(connection, view, int(subject))
    if subject[:1] == "u" and subject[1:].isdecimal():
        return _trace_utterance(view, int(subject[1:]))
    return _trace_setting(view, subject)


def _trace_alarm(connection: Connection, view: View, alarm_id: int) -> Trace:
    row = connection.execute(select(alarm.c.because).where(alarm.c.id == alarm_id)).one_or_none()
    if row is None:
        raise NothingToTraceError(f"There is no alarm {alarm_id}.")
    used, said = _used_by(connection, alarm_id), _about(view.chain, LinkKind.ALARM, str(alarm_id))
    return _traced(view, (f"alarm {alarm_id}", row.because), used, said)


def _trace_setting(view: View, key: str) -> Trace:
    laid = _laid_down(view.chain, key)
    if not laid:
        near = get_close_matches(key, {*DEFAULTS, *(key for key, _ in view.chain.settings)}, n=3, cutoff=0.5)
        perhaps = f" Did you mean {' or '.join(near)}?" if near else ""
        raise NothingToTraceError(f"There is no setting called {key!r}.{perhaps}")
    about = DEFAULTS[key].words if key in DEFAULTS else key
    return _traced(view, (key, about), laid, _about(view.chain, LinkKind.SETTING, key))


def _trace_utterance(view: View, number: int) -> Trace:
    if number not in view.chain.utterances:
        raise NothingToTraceError(f"Nothing was said under the number u{number}.")
    return _traced(view, (f"utterance u{number}", view.text(f"[u{number}]")), _linked(view.chain, number), [number])


def _traced(view: View, titles: tuple[str, str], used: list[Used], said: list[int]) -> Trace:
    """Put together what these settings and utterances lead to and come from."""
    chain = view.chain
    keys = {(key, version) for key, version, _ in used}
    changed = [one.id for one in chain.changes.values() if (one.setting_key, one.setting_version) in keys]
    behind = reached(backwards(chain), [(Kind.CHANGE, number) for number in changed])
    ahead = reached(forwards(chain), [(Kind.UTTERANCE, number) for number in said])
    nodes = {*behind, *((Kind.UTTERANCE, number) for number in said)} if behind else ahead
    subject, about = titles
    return Trace(
        subject=subject,
        about=about,
        settings=tuple(_setting(view, one) for one in [*used, *_further(chain, nodes, keys)]),
        utterances=view.utterances(numbers(nodes, Kind.UTTERANCE)),
        themes=view.steps(Mark.THEME, _of(nodes, Kind.THEME, chain.themes), lambda one: f"{one.name}: {one.meaning}"),
        needs=view.steps(Mark.NEED, _of(nodes, Kind.NEED, chain.needs), lambda one: one.statement),
        ideas=view.steps(Mark.IDEA, _of(nodes, Kind.IDEA, chain.ideas), lambda one: one.statement),
        decisions=tuple(view.decision(one) for one in _of(nodes, Kind.DECISION, chain.decisions)),
    )


def _of(nodes: Iterable[Node], kind: Kind, records: Mapping[int, T]) -> list[T]:
    return [records[number] for number in numbers(nodes, kind)]


def _further(chain: Chain, nodes: Iterable[Node], known: set[tuple[str, int]]) -> list[Used]:
    """The versions that all of this led to, beyond those that were asked about."""
    made = [(one.setting_key, one.setting_version) for one in _of(nodes, Kind.CHANGE, chain.changes)]
    return [(*one, chain.settings[one].value) for one in made if one not in known]


def _laid_down(chain: Chain, key: str) -> list[Used]:
    versions: list[Used] = [(*one, laid.value) for one, laid in sorted(chain.settings.items()) if one[0] == key]
    return [(key, 0, DEFAULTS[key].value), *versions] if key in DEFAULTS else versions


def _used_by(connection: Connection, alarm_id: int) -> list[Used]:
    findings = select(finding.c.settings).join(alarm_finding).where(alarm_finding.c.alarm_id == alarm_id)
    used = {
        (key, int(one["version"])): one["value"]
        for settings in connection.execute(findings).scalars()
        for key, one in settings.items()
    }
    return [(key, version, value) for (key, version), value in sorted(used.items())]


def _linked(chain: Chain, number: int) -> list[Used]:
    """The versions of settings that an utterance is about, as far as they are known still."""
    about = [(key, version) for kind, key, version in chain.links.get(number, ()) if kind == LinkKind.SETTING]
    return [used for key, version in about for used in _laid_down(chain, key) if used[1] == version]


def _setting(view: View, used: Used) -> TracedSetting:
    key, version, value = used
    laid = view.chain.settings.get((key, version))
    return TracedSetting(
        key=key,
        version=version,
        value=value,
        provenance=laid.provenance if laid else Provenance.DEFAULT,
        because=laid.because if laid else _shipped_because(key),
        utterances=view.utterances(_about(view.chain, LinkKind.SETTING, key, version)),
    )


def _shipped_because(key: str) -> str:
    return DEFAULTS[key].source if key in DEFAULTS else ""


def _about(chain: Chain, kind: LinkKind, key: str, version: int | None = None) -> list[int]:
    """The numbers of what was said about an alarm or a setting, or one version of it."""

    def is_it(link: tuple[str, str, int]) -> bool:
        return link[:2] == (kind, key) and version in (None, link[2])

    return [number for number, links in chain.links.items() if any(map(is_it, links))]
