"""`alongside whatif`: a home's own stored past under another rule. Nothing is changed, nothing is sent."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from analytics.plain import count, duration
from analytics.settings import DEFAULTS, SettingError
from hub import clock, household
from hub.cli_asking import Database, Json, reading, refuse
from hub.household import HouseholdError
from hub.whatif import Changes, Comparison, Kept, Ringing, World, whatif

app = typer.Typer(help="See what another rule would have done to this home's own past.", no_args_is_help=True)

UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}


@app.command()
def whatif_command(
    chosen: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting to try; may be given again.")
    ] = None,
    since: Annotated[str, typer.Option(help="From when: 180d, 12h, or a date such as 2026-05-01.")] = "180d",
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Replay this home's stored past under other settings: which alarms would have come, which not, and who woken.

    Without --set, see whether the past is found again as it was.
    """
    now = clock.from_environment().now()
    with reading(db) as connection:
        try:
            tz = household.current(connection).tz
            compared = whatif(connection, World(_settings(chosen or [])), _moment(since, now, tz), now)
        except (SettingError, HouseholdError) as wrong:
            refuse(str(wrong))
    typer.echo(json.dumps(as_row(compared), ensure_ascii=False) if as_json else "\n".join(as_text(compared, tz)))


def _settings(chosen: list[str]) -> Changes:
    changes: dict[str, float | str] = {}
    for one in chosen:
        key, equals, text = one.partition("=")
        if not equals:
            refuse(f"expected KEY=VALUE, such as inactivity.budget_per_month=0.5, got {one!r}")
        changes[key] = _value(key, text)
    return changes


def _value(key: str, text: str) -> float | str:
    if key in DEFAULTS and DEFAULTS[key].unit == "clock":
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _moment(text: str, now: datetime, tz: ZoneInfo) -> datetime:
    ago = re.fullmatch(r"(\d{1,5})([dh])", text)
    if ago:
        return now - int(ago[1]) * UNITS[ago[2]]
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"expected a time such as 180d, 12h or 2026-05-01, got {text!r}")
    return told if told.tzinfo else told.replace(tzinfo=tz)


def as_row(compared: Comparison) -> dict[str, Any]:
    """The comparison as JSON; times are UTC."""
    return {
        "since": compared.since.isoformat(),
        "until": compared.until.isoformat(),
        "observations": compared.observations,
        "changes": {
            key: {"before": before.value, "after": after.value} for key, (before, after) in compared.changes.items()
        },
        "alarms_before": len(compared.kept) + len(compared.gone),
        "alarms_after": len(compared.kept) + len(compared.new),
        "kept": [_kept_row(one) for one in compared.kept],
        "gone": [_row(one) for one in compared.gone],
        "new": [_row(one) for one in compared.new],
        "woken_at_night": {who: {"before": one, "after": two} for who, (one, two) in compared.woken.items()},
        "reproduced": {"missing": sorted(compared.missing), "unheard": sorted(compared.unheard)},
    }


def _kept_row(one: Kept) -> dict[str, Any]:
    return {**_row(one.after), "later_by_s": one.later_by.total_seconds()}


def _row(one: Ringing) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "at": one.at.isoformat(),
        "because": one.because,
        "alarms": list(one.alarm_ids),
        "labels": list(one.verdicts),
        "told_if_nobody_answered": [
            {"at": telling.at.isoformat(), "step": telling.step, "people": [who.person for who in telling.people]}
            for telling in one.tellings
        ],
    }


def as_text(compared: Comparison, tz: ZoneInfo) -> Iterator[str]:
    """The comparison in lines, on the home's clock."""
    for key, (before, after) in compared.changes.items():
        yield f"{DEFAULTS[key].words}: {after.value} instead of {before.value} ({key})"
    yield f"{compared.observations:,} observations from {_local(compared.since, tz)} to {_local(compared.until, tz)}."
    yield f"{count(len(compared.kept), 'alarm')} would have come all the same."
    yield from (f"  {_shifted(one, tz)}" for one in compared.kept if one.later_by)
    yield f"{count(len(compared.gone), 'alarm')} would not have come."
    yield from (f"  {_line(one, tz)}" for one in compared.gone)
    yield f"{count(len(compared.new), 'alarm')} more would have come."
    yield from (f"  {_line(one, tz)}" for one in compared.new)
    for who, (was, would_be) in compared.woken.items():
        yield f"{who}: {count(would_be, 'message')} at night instead of {was}, had nobody answered."
    if compared.missing or compared.unheard:
        yield (
            f"Not all of the past is found again: {len(compared.missing)} of what was noticed then is not, "
            f"and {len(compared.unheard)} is that was not noticed then."
        )
    else:
        yield "All that was noticed then, and nothing else, is found again under the settings of then."


def _shifted(one: Kept, tz: ZoneInfo) -> str:
    word = "later" if one.later_by > timedelta(0) else "earlier"
    return f"{_line(one.after, tz)} ({duration(abs(one.later_by))} {word})"


def _line(one: Ringing, tz: ZoneInfo) -> str:
    said = f" People said: {', '.join(one.verdicts)}." if one.verdicts else ""
    return f"{_local(one.at, tz)}  {one.kind}: {one.because}{said}"


def _local(at: datetime, tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M}"
