"""`alongside bench`: what a home's events and streams cost, how fast an alarm is safe, and whether anything leaks."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from alongside.benchmark import escalation as punctuality
from alongside.benchmark.events import EventError, observations, sensors
from alongside.benchmark.home import household as household_text
from alongside.benchmark.latency import MOST, Latencies, measure, percentile
from hub import household
from hub.clock import SystemClock
from hub.store.connect import driver, writer_engine
from hub.store.writer import Store

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measure how fast and how frugal the hub is here.")

Report = Mapping[str, Any]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Folder = Annotated[Path | None, typer.Option("--in", help="The folder for the database; its disk is what counts.")]

CANNOT_MEASURE = 2
LIMITS: Mapping[str, float] = {
    "alarm_to_commit_p50": 3.0,
    "alarm_to_commit_p99": 10.0,
    "timer_late_s_p99": 1.0,
    "boot_late_s_max": 30.0,
    "ack_to_last_call_s_max": 2.0,
    "exhausted_to_siren_s_max": 5.0,
    "offline_told_s": 240.0,
}
"""What the escalation is held to: the first two in bare commits, the others in seconds."""
GROWS_OR_LOSES = 1


@app.command()
def pipeline(
    events: Annotated[Path, typer.Argument(metavar="EVENTS.csv", help="Columns: ts,sensor_id,kind,value.")],
    folder: Folder = None,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Put a home's events through a hub in a process of its own: everything stored, every detector running."""
    with tempfile.TemporaryDirectory(dir=folder) as room:
        try:
            report = measure_pipeline(events, Path(room) / "home.sqlite3")
        except (EventError, OSError) as error:
            typer.echo(f"Nothing could be measured: {error}", err=True)
            raise typer.Exit(CANNOT_MEASURE) from error
    _say(report, as_json=as_json)


@app.command()
def latency(
    rounds: Annotated[int, typer.Option("--n", min=100, max=MOST, help="How many alarms.")] = 1000,
    pause_s: Annotated[float, typer.Option("--pause", min=0, help="Seconds of rest between two: it cools down.")] = 0.0,
    folder: Folder = None,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Press a pendant again and again: how soon is the alarm durable and in the channel's hands?"""
    with tempfile.TemporaryDirectory(dir=folder) as room:
        report = report_latency(asyncio.run(measure(Path(room), rounds, pause_s)))
    _say(report, as_json=as_json)


@app.command()
def streams(
    kind: Annotated[str, typer.Option(help="polar or metamotion, which costs the most.")] = "metamotion",
    count: Annotated[int, typer.Option("--n", min=1, max=50, help="How many wearables at once.")] = 10,
    rate_hz: Annotated[float, typer.Option(help="Samples a second of each.")] = 50.0,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long to measure.")] = 15.0,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Let wearables stream acceleration through an emulated radio: what does each cost the hub, of one core?"""
    with tempfile.TemporaryDirectory() as room:
        asked = (kind, str(count), str(rate_hz), str(seconds), str(Path(room) / "home.sqlite3"))
        report = _measured("alongside.benchmark.streams", asked)
    _say(report, as_json=as_json)


@app.command()
def fleet(
    homes: Annotated[int, typer.Option("--homes", min=30, help="How many homes at their usual rate.")] = 10_000,
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="How long each part is measured.")] = 1.0,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """A broker, PostgreSQL and two workers under the heaps of some homes, the usual rate of many, and kill -9."""
    from alongside.benchmark.fleet import CannotMeasureError, measure_fleet  # noqa: PLC0415 -- needs PostgreSQL's driver

    try:
        report = measure_fleet(homes, minutes)
    except CannotMeasureError as error:
        typer.echo(f"Nothing could be measured: {error}", err=True)
        raise typer.Exit(CANNOT_MEASURE) from error
    _say(report, as_json=as_json)


@app.command()
def soak(
    hours: Annotated[float, typer.Option(min=1.0, help="So many of the home's hours: 168 are a week.")] = 168.0,
    every_s: Annotated[float, typer.Option("--every", min=0.0, help="No device speaks more often, in seconds.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Another seed, another life.")] = 0,
    folder: Folder = None,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Let days pass in a home of 25 devices, at full speed: does anything grow, and is anything lost?"""
    with tempfile.TemporaryDirectory(dir=folder) as room:
        asked = (str(Path(room) / "home.sqlite3"), str(hours), str(seed), str(every_s))
        report = _measured("alongside.benchmark.soak", asked)
    _say(report, as_json=as_json)
    raise typer.Exit(verdict(report))


@app.command()
def replay(as_json: AsJson = False) -> None:  # noqa: FBT002 -- a flag
    """Put a year of a home's stored past through the detectors: what each event costs, and that it grows in line."""
    with tempfile.TemporaryDirectory() as room:
        report = _measured("alongside.benchmark.replay", (room,))
    _say(report, as_json=as_json)


@app.command()
def portal(
    viewers: Annotated[int, typer.Option("--viewers", min=1, max=100, help="How many windows at once.")] = 5,
    idle_s: Annotated[float, typer.Option("--idle", min=5.0, help="Seconds in which nothing changes.")] = 70.0,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Open the portal in windows of a real browser, over a year of data: what does each cost, how soon does it see?"""
    _say(_measured("alongside.benchmark.portal", (str(viewers), str(idle_s))), as_json=as_json)


def verdict(report: Report) -> int:
    """The code with which a soak ends."""
    return GROWS_OR_LOSES if report["complaints"] else 0


def _measured(module: str, arguments: Sequence[str]) -> Report:
    """What a measurement in a process of its own prints."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- our own module
    if done.returncode:
        typer.echo(f"Nothing could be measured: {done.stderr.strip().splitlines()[-1]}", err=True)
        raise typer.Exit(CANNOT_MEASURE)
    report: Report = json.loads(done.stdout)
    return report


@app.command()
def escalation(
    count: Annotated[int, typer.Option("--n", min=2, max=500, help="How many alarms at once.")] = 40,
    rounds: Annotated[int, typer.Option("--rounds", min=100, max=MOST, help="How many presses for the latency.")] = 300,
    wait_s: Annotated[float, typer.Option("--wait", min=0.1, help="Seconds between the plan's steps.")] = 1.0,
    folder: Folder = None,
    as_json: AsJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Hold the escalation to its figures: latency, late timers, calls after an answer, the siren, a silent hub."""
    with tempfile.TemporaryDirectory(dir=folder) as room:
        punctual = asyncio.run(punctuality.measure(Path(room), count, wait_s))
    with tempfile.TemporaryDirectory(dir=folder) as room:
        took = report_latency(asyncio.run(measure(Path(room), rounds)))
    _say(report_escalation(punctual, took), as_json=as_json)


def report_escalation(found: punctuality.Punctuality, took: Report) -> Report:
    """Each figure beside its limit, and whether all are met."""
    values = {
        "alarm_to_commit_p50": took["alarm_to_commit_p50"],
        "alarm_to_commit_p99": took["alarm_to_commit_p99"],
        "timer_late_s_p99": percentile(found.timer_late_s, 99),
        "boot_late_s_max": max(found.boot_late_s),
        "ack_to_last_call_s_max": max(found.ack_to_last_call_s),
        "exhausted_to_siren_s_max": max(found.exhausted_to_siren_s),
        "offline_told_s": found.offline_told_s,
    }
    rounded = {name: round(value, 3) for name, value in values.items()}
    over = [name for name, limit in LIMITS.items() if rounded[name] > limit]
    return {**rounded, "limits": LIMITS, "over": over}


def report_latency(took: Latencies) -> Report:
    """Percentiles, and how many bare commits long an alarm is."""
    values = {"commit_ms": took.commit_ms, "receipt_ms": took.receipt_ms, "alarm_ms": took.alarm_ms}
    found = {f"{name}_p{percent}": percentile(taken, percent) for name, taken in values.items() for percent in (50, 99)}
    ratios = {
        f"alarm_to_commit_p{percent}": found[f"alarm_ms_p{percent}"] / found[f"commit_ms_p{percent}"]
        for percent in (50, 99)
    }
    return {"n": len(took.alarm_ms), **{name: round(value, 3) for name, value in (found | ratios).items()}}


def measure_pipeline(events: Path, db: Path) -> Report:
    """The costs of these events. Raises `EventError`, and `OSError` where a file cannot be read."""
    _settle_in(events, db)
    spawned_s = SystemClock().boot_s()
    command = [sys.executable, "-m", "alongside.benchmark.pipeline", str(events), str(db)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- our own module
    took = json.loads(done.stdout)
    return {
        "events": took["events"],
        "stored": took["stored"],
        "detectors": took["detectors"],
        "findings": took["findings"],
        "alarms": took["alarms"],
        "events_per_s": round(took["events"] / took["wall_s"]),
        "cpu_s_per_1k_events": round(1000 * took["cpu_s"] / took["events"], 5),
        "peak_rss_mib": round(took["peak_rss_mib"], 1),
        "db_bytes_per_event": round(_size(db) / took["events"], 1),
        "start_s": round(took["ready_boot_s"] - spawned_s, 3),
    }


def _settle_in(events: Path, db: Path) -> None:
    """Let a household with these sensors be applied, as an installer would before the hub is started."""
    first = next(observations(events), None)
    if first is None:
        raise EventError(f"{events}: it holds no events")
    text = household_text(sensors(events).values())
    store = Store.open(db)
    store.run(lambda connection: household.apply(connection, text, first.at, "benchmark"))
    store.shut()


def _size(db: Path) -> int:
    """Of the database once its log is part of it, as it is when nobody has it open."""
    engine = writer_engine(db, busy_s=5.0)
    with engine.connect() as connection:
        driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return db.stat().st_size


def _say(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report))
        return
    for name, value in report.items():
        typer.echo(f"{name:>24}  {value}")
