"""What the loss of each device means, and what stands in for it."""

import pytest

from devices.model import Quantity, Trigger, TriggerKind
from devices.registry import KINDS
from devices.supervision.senses import MEANS, SENSES, Sense, cover, listed, means, senses
from tests.devices.supervision.homes import BATHROOM, DAY_S, HALL, OXIMETER, PENDANT, STRAP, Home, only, watched

BED = watched("bed_mat", "linptech_pressure", room="bedroom", bed=True)
ANY = watched("anything", "bthome")
TEMPERATURE = frozenset({Quantity.TEMPERATURE_C})


@pytest.mark.parametrize("sense", Sense)
def test_each_sense_has_its_meaning(sense: Sense) -> None:
    sentence = means(BATHROOM, sense, "Edith")
    assert "{" not in sentence
    assert sense in MEANS


def test_a_kind_that_can_be_anything_says_nothing_until_it_was_heard() -> None:
    assert senses(ANY, ()) == ()
    assert senses(ANY, TEMPERATURE) == (Sense.CLIMATE,)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_senses_or_none_without_failing(kind: str) -> None:
    found = senses(watched("one", kind), ())
    assert list(found) == sorted(found, key=list(Sense).index)


def test_the_gravest_comes_first() -> None:
    assert senses(watched("radar", "mr60_fall"), ())[0] is Sense.FALL
    assert senses(PENDANT, {TriggerKind.PRESS})[0] is Sense.CALL
    assert senses(BED, {Quantity.OCCUPIED}) == (Sense.BED,)
    assert all(what in Quantity or what in TriggerKind for what in SENSES)


def test_cover_prefers_the_same_room() -> None:
    both = [(HALL, (Sense.PRESENCE,)), (watched("second", "ld2410", room="bathroom"), (Sense.PRESENCE,))]
    assert cover(BATHROOM, Sense.PRESENCE, both, "Edith") == "Until it works, I watch the second instead."
    assert cover(BATHROOM, Sense.PRESENCE, both[:1], "Edith") == "Until it works, I watch the hall sensor instead."


def test_cover_of_a_vital_sign_and_of_a_button() -> None:
    pulse = [(OXIMETER, (Sense.PULSE, Sense.OXYGEN))]
    assert cover(STRAP, Sense.PULSE, pulse, "Edith") == "Until it works, I rely on the oximeter."
    other = [(watched("wall_button", "enocean_rocker"), (Sense.CALL,))]
    assert cover(PENDANT, Sense.CALL, other, "Edith") == "Until it works, Edith can call with the wall button."


def test_nothing_stands_in() -> None:
    itself = [(PENDANT, (Sense.CALL,))]
    assert cover(PENDANT, Sense.CALL, itself, "Edith").startswith("Nothing stands in for it: please look in")
    assert cover(BATHROOM, None, (), "Edith") == "Nothing stands in for it."
    assert means(BATHROOM, None, "Edith") == "I do not know what it would tell me"


def test_names_in_a_row() -> None:
    assert listed(["the radar"]) == "the radar"


def test_a_fall_radar_that_has_only_told_that_nobody_is_there_would_notice_a_fall() -> None:
    radar = watched("bathroom_radar", "mr60_fall", room="bathroom")
    assert senses(radar, [Quantity.OCCUPIED]) == (Sense.FALL, Sense.PRESENCE)


def test_a_device_that_can_be_anything_is_good_for_what_it_was_once_pressed_for() -> None:
    home = Home((ANY,))
    home.hear(ANY.name)
    home.supervision.take(Trigger(device=ANY.name, kind=TriggerKind.FALL, at=home.now))
    home.without(ANY.name)
    assert only(home.run(2 * DAY_S)).means == "I would not notice a fall by it"
    assert home.supervision.learnt(home.boot_s)[ANY.name]["seen"] == ["fall"]


def test_what_a_stranger_says_is_nobodys() -> None:
    home = Home((ANY,))
    home.supervision.take(Trigger(device="stranger", kind=TriggerKind.FALL, at=home.now))
    assert home.supervision.learnt(home.boot_s)[ANY.name]["seen"] == []
