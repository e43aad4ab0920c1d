"""One rule a condition: from what is known of a device to whether it is wrong, and why, in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.kinds import Use
from devices.model import Quantity
from devices.supervision.model import Bad, Condition, Fine, Verdict
from devices.supervision.patience import FLOOR_S, has_beacon
from devices.supervision.record import Record
from devices.supervision.senses import called, capital
from devices.supervision.wear import SEEN_AFTER_S, STILL_S

When = Callable[[datetime, datetime], str]
"""Says a time, as one would at another time."""

FEWEST_UNREADABLE = 3
HEARD_AGAIN = "It is heard again."

VALUES: Mapping[Quantity | None, str] = {
    Quantity.PRESSURE_HPA: "the air pressure",
    Quantity.TEMPERATURE_C: "the temperature",
    Quantity.HUMIDITY_PERCENT: "the humidity",
    Quantity.HEART_RATE_BPM: "the pulse",
    Quantity.PULSE_BPM: "the pulse",
    Quantity.RESPIRATION_PER_MIN: "the rate of breathing",
    Quantity.MOTION: "that somebody is moving",
    None: "the acceleration",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a rule needs to know besides the device: the time, and what others hear and see.

    `now_s` counts the seconds in which the hub listened. `when` says a time in words. `others_saw_s`: when another
    device last saw somebody. `hears`: whether the device's receiver works, as far as anybody can tell.
    """

    now: datetime
    now_s: float
    when: Callable[[datetime], str]
    hears: bool = True
    others_saw_s: float | None = None

    def ago(self, since_s: float) -> datetime:
        """The wall clock's time of a moment."""
        return self.now - timedelta(seconds=max(0.0, self.now_s - since_s))


def _title(record: Record) -> str:
    return capital(called(record.watched.title))


def is_silent(record: Record, scene: Scene) -> bool:
    """Whether it has been silent for longer than it may be."""
    return record.limit_s is not None and scene.now_s - record.since_s >= record.limit_s


def _silent_since(record: Record, scene: Scene) -> Bad:
    if record.at is None:
        return Bad(since=scene.ago(record.since_s), because=f"{_title(record)} has not been heard yet.")
    return Bad(since=record.at, because=f"{_title(record)} has been silent since {scene.when(record.at)}.")


def _silence(record: Record, scene: Scene) -> Verdict:
    if not is_silent(record, scene):
        return Fine(outcome=HEARD_AGAIN) if record.heard_lately else None
    return _silent_since(record, scene) if scene.hears and record.unread < FEWEST_UNREADABLE else None


def lost(record: Record, scene: Scene) -> Verdict:
    """Something that speaks of itself is not heard any more, though its receiver works."""
    use = record.watched.kind.use
    tells = use is Use.FIXED or (use is Use.BUTTON and has_beacon(record.rhythm))
    return _silence(record, scene) if tells else None


def untested(record: Record, scene: Scene) -> Verdict:
    """A button that says nothing by itself has not been pressed for so long that nobody knows whether it works."""
    if record.watched.kind.use is not Use.BUTTON or has_beacon(record.rhythm):
        return None
    found = _silence(record, scene)
    if not isinstance(found, Bad):
        return found
    last = "yet" if record.at is None else f"since {scene.when(record.at)}"
    because = f"{_title(record)} has not been pressed {last}: please press it once, to see that it works."
    return Bad(since=found.since, because=because)


def wearable_silent(record: Record, scene: Scene) -> Verdict:
    """A wearable stopped in the middle of being worn: flat, out of range, or broken."""
    if record.watched.kind.use is not Use.WORN:
        return None
    if not is_silent(record, scene):
        return Fine(outcome=HEARD_AGAIN) if record.heard_lately else None
    if record.wear.off_s is not None:
        return Fine(outcome="It was taken off.")
    if not (scene.hears and record.wear.worn(record.since_s)) or record.at is None:
        return None
    return Bad(
        since=record.at, because=f"{_title(record)} was worn, and has been silent since {scene.when(record.at)}."
    )


def unreadable(record: Record, scene: Scene) -> Verdict:
    """It is heard, and nothing that it says can be read."""
    if not record.unread:
        return Fine(outcome="What it says can be read again.") if record.heard_lately else None
    if record.unread < FEWEST_UNREADABLE or scene.now_s - record.unread_s < FLOOR_S:
        return None
    because = f"{_title(record)} is heard, but what it says cannot be read: perhaps its key is wrong."
    return Bad(since=scene.ago(record.unread_s), because=because)


def battery_low(record: Record, scene: Scene) -> Verdict:
    """Its battery is to be replaced soon; where it will be flat in a few days, that is told instead."""
    chemistry = record.watched.kind.battery or ""
    if record.battery.is_dying(chemistry):
        return Fine(outcome="It is nearly flat by now, which is a fault of its own.")
    return _battery(record, scene, low=record.battery.is_low(chemistry))


def battery_dying(record: Record, scene: Scene) -> Verdict:
    """Its battery is flat, or will be in a few days."""
    return _battery(record, scene, low=record.battery.is_dying(record.watched.kind.battery or ""))


def _battery(record: Record, scene: Scene, *, low: bool | None) -> Verdict:
    if low is None:
        return None
    if not low:
        return Fine(outcome="The battery was replaced or charged.")
    because = f"The battery of {called(record.watched.title)} {record.battery.words()}."
    return Bad(since=record.at or scene.now, because=because)


def not_worn(record: Record, scene: Scene) -> Verdict:
    """It was worn, and now it lies somewhere: it is heard and does not move, while others see the person."""
    still_s = record.wear.still_since_s
    if record.watched.kind.use is not Use.WORN or still_s is None or is_silent(record, scene):
        return None
    if record.wear.worn(scene.now_s):
        return Fine(outcome="It is worn again.")
    seen = scene.others_saw_s is not None and scene.others_saw_s >= still_s + SEEN_AFTER_S
    if not seen or scene.now_s - still_s < STILL_S:
        return None
    since = scene.ago(still_s)
    because = f"{_title(record)} has not been worn since {scene.when(since)}, though somebody was about."
    return Bad(since=since, because=because)


def stuck(record: Record, scene: Scene) -> Verdict:
    """It goes on saying the very same, for longer than nature allows."""
    if not record.heard_lately or is_silent(record, scene):
        return None
    found = record.frozen.stuck(scene.now_s, record.frames)
    if found is None:
        return Fine(outcome="What it tells changes again.")
    quantity, since_s = found
    since = scene.ago(since_s)
    because = f"{_title(record)} has told the very same since {scene.when(since)} ({VALUES[quantity]}), so it is stuck."
    return Bad(since=since, because=because)


def clock_wrong(record: Record, scene: Scene) -> Verdict:
    """Its own clock is wrong, and with it the times of what it measures."""
    wrong = record.clock.wrong
    if wrong is None:
        return None
    if not wrong:
        return Fine(outcome="Its clock is right again.")
    offset = record.clock.offset
    how = "runs at the wrong speed"
    if offset is not None:
        minutes = round(abs(offset).total_seconds() / 60)
        how = f"is {minutes} minutes {'ahead' if offset > timedelta(0) else 'behind'}"
    return Bad(since=record.at or scene.now, because=f"The clock of {called(record.watched.title)} {how}.")


Rule = Callable[[Record, Scene], Verdict]
RULES: Mapping[Condition, Rule] = {
    Condition.LOST: lost,
    Condition.UNTESTED: untested,
    Condition.WEARABLE_SILENT: wearable_silent,
    Condition.UNREADABLE: unreadable,
    Condition.BATTERY_LOW: battery_low,
    Condition.BATTERY_DYING: battery_dying,
    Condition.NOT_WORN: not_worn,
    Condition.STUCK: stuck,
    Condition.CLOCK_WRONG: clock_wrong,
}
