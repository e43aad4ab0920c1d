import pytest

from analytics.places import quantity_of, sensor_of
from devices.model import Quantity


@pytest.mark.parametrize(
    ("name", "quantity", "room", "outer_door", "bed"),
    [
        ("bedroom/bed/pressure", Quantity.OCCUPIED, "bedroom", False, True),
        ("living/seat/pressure", Quantity.OCCUPIED, "living room", False, False),
        ("living/door/pir", Quantity.MOTION, "living room", False, False),
        ("kitchen/fridge/magnetic", Quantity.OPEN, "kitchen", False, False),
        ("entrance/maindoor/magnetic", Quantity.OPEN, "hall", True, False),
        ("bathroom/toilet/flush", Quantity.MOTION, "bathroom", False, False),
        ("kitchen/toaster/electric", Quantity.SWITCHED_ON, "kitchen", False, False),
        ("front-door", Quantity.OPEN, None, True, False),
        ("back-door", Quantity.OPEN, None, True, False),
        ("fridge-door", Quantity.OPEN, "kitchen", False, False),
        ("lounge", Quantity.MOTION, "living room", False, False),
        ("Hallway", Quantity.MOTION, "hall", False, False),
        ("temperature probe", None, None, False, False),
    ],
)
def test_what_a_name_tells(
    name: str, quantity: Quantity | None, room: str | None, *, outer_door: bool, bed: bool
) -> None:
    sensor = sensor_of(name)
    assert quantity_of(name) is quantity
    assert (sensor.device, sensor.room, sensor.outer_door, sensor.bed) == (name, room, outer_door, bed)


def test_an_outer_door_is_called_what_people_call_it() -> None:
    assert sensor_of("entrance/maindoor/magnetic").name == "main door"
