"""A made-up household around the sensors of a benchmark."""

import json
from collections.abc import Iterable

from analytics.model import Sensor

NUMBER = "+447700900199"
ADDRESS = "A4:C1:38:00:{:02X}:{:02X}"

_HOUSEHOLD = f"""\
schema = "alongside.household/1"
[household]
id = "benchmark"
tz = "Europe/London"
resident = "resident"
[people.resident]
role = "resident"
channels = [{{ id = "console" }}]
[people.daughter]
role = "family"
channels = [{{ id = "sms", to = "{NUMBER}" }}, {{ id = "voice", to = "{NUMBER}" }}]
[consent]
revision = 1
family = ["name", "kind", "room", "time"]
[rotas.on_call]
layers = [{{ who = "daughter", default = true }}]
[plans.life]
rounds = 2
ack_timeout = "PT10M"
exhausted_retry = "PT5M"
steps = [{{ id = "first", wait = "PT10M", notify = [{{ rota = "on_call", via = ["sms", "voice"] }}] }}]
[alarms]
panic = {{ severity = 10, plan = "life", check_in = {{ window = "PT0S", resident_cancel = "arc_only" }} }}
fall = {{ severity = 9, plan = "life" }}
wandering = {{ severity = 8, plan = "life" }}
abnormal_pulse = {{ severity = 8, plan = "life" }}
inactivity = {{ severity = 5, plan = "life" }}
fault = {{ severity = 4, plan = "life" }}
"""


def household(sensors: Iterable[Sensor]) -> str:
    """A home.toml with these sensors, one Bluetooth address each, and one daughter."""
    return _HOUSEHOLD + "".join(_device(number, sensor) for number, sensor in enumerate(sensors))


def address(number: int) -> str:
    """The Bluetooth address of a benchmark's sensor."""
    return ADDRESS.format(number // 256, number % 256)


def _device(number: int, sensor: Sensor) -> str:
    lines = [f"[devices.{json.dumps(sensor.device)}]", 'kind = "bthome"', f'address = "{address(number)}"']
    if sensor.room:
        lines.append(f"room = {json.dumps(sensor.room)}")
    if sensor.outer_door:
        lines.append("outer_door = true")
    return "\n".join((*lines, ""))
