"""Viewers of a portal in a process of its own, over a year of a home's data: what each costs, and how soon they see.

The viewers are windows of a real browser; what is counted is the portal's own processor time, not the browser's.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert

from alongside.benchmark.latency import percentile
from carer_portal.database import Database
from carer_portal.plain.calls import COOKIE
from carer_portal.signin import sessions
from devices.model import Quantity
from hub import household
from hub.clock import SystemClock
from hub.model import AlarmState, Role
from hub.store import devices, heartbeat
from hub.store.changes import touch
from hub.store.heartbeat import Beat
from hub.store.rollups import hour_of
from hub.store.schema import alarm, rollup_hour, to_us
from hub.store.writer import Store

CHROMIUM: Final = "/usr/bin/chromium"
CLOCK: Final = SystemClock()
HERO: Final = ".al-hero"
EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "home.toml"
DAYS: Final = 365
LOADS: Final = ("/", "/days", "/health", "/alarms", "/home")
ALARMS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many viewers, and for how long they idle."""

    viewers: int
    idle_s: float


def measure(asked: Asked) -> dict[str, Any]:
    """The figures."""
    with tempfile.TemporaryDirectory() as room:
        db = Path(room) / "home.sqlite3"
        person = _a_year(db)
        with _portal(db) as (pid, address), _windows(Database(db), person, address, asked.viewers) as windows:
            loads = [_load(windows[0], address + path) for path in LOADS * 4]
            for window in windows:
                window.goto(address)
                window.locator(HERO).wait_for()
            idle = _idle(pid, windows[0], asked.idle_s)
            seen = [one for n in range(ALARMS) for one in _alarm_seen(db, windows, n)]
    return {
        "viewers": asked.viewers,
        "idle_cpu_percent_per_viewer": round(100 * idle / asked.idle_s / asked.viewers, 4),
        "alarm_visible_s_p50": round(statistics.median(seen), 3),
        "alarm_visible_s_p95": round(percentile(seen, 95), 3),
        "page_s_first": round(loads[0], 3),
        "page_s_p50": round(statistics.median(loads[1:]), 3),
        "page_s_p95": round(percentile(loads[1:], 95), 3),
    }


def _a_year(db: Path) -> str:
    """The example home with a year behind it, as its summaries hold it; who of its family looks."""
    store = Store.open(db)
    try:
        store.run(lambda one: household.apply(one, EXAMPLE.read_text(encoding="utf-8"), CLOCK.now(), "a bench"))
        store.run(_lived)
        with store.reading() as connection:
            people = household.current(connection).people
    finally:
        store.shut()
    Database(db).prepare()
    return next(key for key, one in people.items() if one.role is Role.FAMILY)


def _lived(connection: Any) -> None:
    quantities = devices.quantity_ids(connection)
    pairs = [(number, quantities[Quantity.MOTION]) for number in devices.ids(connection).values()][:6]
    last = hour_of(CLOCK.now())
    sums = {"lowest": 0.0, "highest": 1.0, "last": 0.0, "last_id": 1}
    rows = [
        {"device_id": device, "quantity_id": what, "hour": last - back, "n": 12, "total": float(back % 13), **sums}
        for device, what in pairs
        for back in range(DAYS * 24)
    ]
    connection.execute(insert(rollup_hour), rows)
    heartbeat.beat(connection, Beat(boot_id="a bench", boot_s=1.0, at=CLOCK.now() + timedelta(hours=1)))


@contextmanager
def _portal(db: Path) -> Iterator[tuple[int, str]]:
    """The portal, its process and its address."""
    command = [sys.executable, "-m", "carer_portal", "--db", str(db), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    try:
        for line in process.stdout or ():
            if found := re.search(r"(http://\S+?)/ ", line):
                yield process.pid, found[1]
                return
        raise RuntimeError("the portal ended before it could be reached")
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _windows(home: Database, person: str, address: str, count: int) -> Iterator[list[Any]]:
    """As many windows, each signed in by itself."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- only the bench needs it, not the command's help

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        windows = []
        for _ in range(count):
            with home.writing() as connection:
                token = sessions.begin(connection, person, Role.FAMILY, "a bench", CLOCK.now())
            context = browser.new_context()
            context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
            windows.append(context.new_page())
        yield windows
        browser.close()


def _load(window: Any, url: str) -> float:
    """Seconds until a page is drawn to its foot."""
    began_s = CLOCK.boot_s()
    window.goto(url)
    window.locator(".al-foot").wait_for()
    return CLOCK.boot_s() - began_s


def _idle(pid: int, window: Any, seconds: float) -> float:
    """The portal's seconds of processor time while nothing changes, after the first seconds in which all settles."""
    window.wait_for_timeout(3_000)
    before = _cpu_s(pid)
    window.wait_for_timeout(seconds * 1_000)
    return _cpu_s(pid) - before


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _alarm_seen(db: Path, windows: list[Any], number: int) -> list[float]:
    """Seconds from an alarm's commit until each window shows it."""
    home = Database(db)
    with home.writing() as connection:
        connection.execute(insert(alarm).values(**_row(number)))
        touch(connection, "alarm")
    began_s = CLOCK.boot_s()
    seen = []
    for window in windows:
        window.locator(f".st-key-alarm-person-{number + 1}").wait_for()
        seen.append(CLOCK.boot_s() - began_s)
    return seen


def _row(number: int) -> dict[str, Any]:
    now = to_us(CLOCK.now())
    return {
        "kind": "fall",
        "severity": 9,
        "state": AlarmState.ESCALATING,
        "policy": {},
        "because": f"Fall {number}.",
        "facts": {},
        "code": "42",
        "opened_at": now,
        "version": 1,
        "round": 0,
        "step": 0,
        "prompts_given": 0,
        "next_at": now + 3_600_000_000,
        "next_reason": "the next step",
    }


def main() -> None:
    """Measure as the arguments say, and print it."""
    viewers, idle_s = sys.argv[1:]
    sys.stdout.write(json.dumps(measure(Asked(viewers=int(viewers), idle_s=float(idle_s)))))


if __name__ == "__main__":
    main()
