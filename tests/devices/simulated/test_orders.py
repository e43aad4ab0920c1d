"""Faults are ordered in words, and what makes no sense is refused in a sentence."""

from datetime import timedelta
from itertools import islice
from random import Random

import pytest

from devices.model import Frame
from devices.simulated.home import Life, stream
from devices.simulated.orders import SORTS, Order, OrderError, death_of, faults_of, order_of
from tests.devices.simulated.voices.test_table import setup_of
from tests.fakes import START

DEVICES = ("pendant", "kitchen_motion")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("drops=0.2", Order(fault="drops", much=0.2)),
        ("noise", Order(fault="noise", much=0.01)),
        ("truncation", Order(fault="truncation", much=0.05)),
        ("duplicate=1", Order(fault="duplicate", much=1.0)),
        ("drift=-50", Order(fault="drift", much=-50.0)),
        ("pendant:dead-battery=90min", Order(fault="dead_battery", much=5400.0, device="pendant")),
        ("kitchen_motion:dead_battery=2d", Order(fault="dead_battery", much=172_800.0, device="kitchen_motion")),
    ],
)
def test_an_order_in_words(text: str, order: Order) -> None:
    assert order_of(text, DEVICES) == order


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("drop=0.2", "there is no fault 'drop'; did you mean 'drops'?"),
        ("pendnt:drops", "there is no device 'pendnt'; did you mean 'pendant'?"),
        ("drops=2", "'2' must be a share of the frames, from 0 to 1"),
        ("drops=1", "at most 0.99 of the frames can be dropped; for all of them order dead_battery=0s"),
        ("drops=many", "'many' must be a share of the frames, from 0 to 1"),
        ("drift=fast", "'fast' must be a drift in millionths"),
        ("dead_battery=soon", "'soon' must be a time, like 30s, 10min, 2h or 3d"),
        ("=", "a fault is ordered like drops=0.1"),
    ],
)
def test_what_cannot_be_ordered(text: str, reason: str) -> None:
    with pytest.raises(OrderError) as refused:
        order_of(text, DEVICES)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize("fault", SORTS)
def test_every_fault_spoils_only_whom_it_was_ordered_for(fault: str) -> None:
    rng = Random(1)  # noqa: S311 -- a simulation
    order = Order(fault=fault, much=SORTS[fault].read(SORTS[fault].usual), device="pendant")
    assert len(faults_of("pendant", [order], rng, START)) == 1
    assert faults_of("kitchen_motion", [order], rng, START) == []


def said(*orders: Order, name: str = "ruuvitag", most: int = 500) -> list[Frame]:
    return list(islice(stream(setup_of(name), Life(start=START, seed=3, orders=orders)), most))


def test_a_life_can_be_lived_again_and_the_next_seed_is_another() -> None:
    assert said() == said()
    assert said() != list(islice(stream(setup_of("ruuvitag"), Life(start=START, seed=4)), 500))


def test_faults_change_the_air_and_not_the_life() -> None:
    clean = said(most=1000)
    heard = said(Order(fault="drops", much=0.5), most=300)
    assert {frame.payload for frame in heard} <= {frame.payload for frame in clean}
    noisy = said(Order(fault="noise", much=1.0), most=300)
    assert all(one.payload != other.payload for one, other in zip(noisy, clean, strict=False))
    double = said(Order(fault="duplicate", much=1.0), most=300)
    assert double[0].payload == double[1].payload


def test_a_battery_that_is_to_die_says_so_and_falls_silent() -> None:
    order = Order(fault="dead_battery", much=3600.0)
    last = said(order, name="shelly_button", most=10_000)[-1]
    assert START + timedelta(minutes=58) < last.at < START + timedelta(hours=1)
    assert death_of("shelly_button", [order], START) == START + timedelta(hours=1)
    assert death_of("shelly_button", [], START) is None
