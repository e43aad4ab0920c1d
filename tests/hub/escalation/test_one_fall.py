"""A wearable's knock, a radar's report, somebody who moves elsewhere, a door: several findings, one alarm."""

from datetime import timedelta

from analytics.engine import Engine
from analytics.registry import build
from analytics.settings import resolve
from devices.model import Observation, Trigger, TriggerKind
from hub.escalation import story
from hub.escalation.retelling import Reader, retell
from hub.model import AlarmState
from hub.store.schema import alarm as alarm_table
from hub.store.schema import finding as finding_table
from tests.analytics.builders import HOME, RADAR, door, motion
from tests.analytics.falls.movement import START, a_fall, blocks
from tests.hub.escalation.desk import Desk

SECOND = timedelta(seconds=1)
FELL = START + 8.5 * SECOND


def test_what_several_sensors_say_of_one_fall_is_one_alarm(desk: Desk) -> None:
    numbers = iter(range(1, 1_000))
    engine = Engine(build(HOME, resolve({})))
    engine.number = lambda: next(numbers)
    heard: list[Observation] = [
        *blocks(a_fall()),
        Trigger(device=RADAR, kind=TriggerKind.FALL, at=FELL + 6 * SECOND),
        motion(FELL + 60 * SECOND),
        door(FELL + 90 * SECOND, 1.0),
    ]
    for observation in sorted(heard, key=lambda one: one.at):
        for found in engine.feed(observation, next(numbers)):
            desk.admit(found)
    assert not engine.failures
    told = {row["detector"]: row["because"] for row in desk.rows(finding_table)}
    assert {"wearable_fall", "device_fall", "fall_together"} <= set(told)
    assert len(desk.rows(finding_table)) >= 6
    (alarm,) = desk.rows(alarm_table)
    assert alarm["state"] == AlarmState.ESCALATING
    assert alarm["facts"]["moved_after_fall"] == 1.0
    assert alarm["facts"]["still_after_impact"] == 1.0


def test_the_movement_that_a_wearable_felt_is_kept_with_the_alarm_and_drawn_in_its_story(desk: Desk) -> None:
    engine = Engine(build(HOME, resolve({})))
    for block in blocks(a_fall()):
        for found in engine.feed(block):
            desk.admit(found)
    (alarm,) = desk.rows(alarm_table)
    with desk.store.reading() as connection:
        told = story.read(connection, alarm["id"])
    felt = next(row["movement"] for row in told.findings if row["detector"] == "wearable_fall" and row["movement"])
    assert felt["seconds"] == 9.02
    assert abs(felt["peak_at"] - FELL) < SECOND
    lines = "\n".join(retell(told, Reader(tz=HOME.tz, names={})))
    assert f"9.02 s of movement kept, strongest {felt['peak_g']:g} g" in lines
    assert "█" in lines
    assert "fall_likeness" in lines
