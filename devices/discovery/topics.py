"""What was published at a broker, as devices that could be declared. Pure: messages in, devices out.

* Zigbee2MQTT publishes a list of its devices and of what each can tell, under its base topic and `bridge/devices`; and
  one JSON object a device, under the base topic and the device's name.
* Home Assistant's `mqtt_statestream` publishes a state (`.../state`) and what it means beside it (`.../device_class`).
* Whoever announces itself to Home Assistant publishes a message under `homeassistant/.../config`, which says where its
  state is published and what it means.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from devices.decoders import zigbee2mqtt
from devices.decoders.home_assistant import CLASSES, MEASURES
from devices.discovery.model import Found
from devices.kinds import Path
from devices.model import DecodeError, Frame, Quantity, TriggerKind
from devices.mqtt import SOURCE, fields_of, is_topic

USUAL_BASE = "zigbee2mqtt"
BRIDGE = "/bridge/state"
LIST = "/bridge/devices"
_ACTION = "action"
_DEEPEST = 4
"""What a device can tell stands in groups within groups, of which two are usual."""

Messages = Mapping[str, bytes]
"""The latest payload of each topic."""

_SHORT = {
    "stat_t": "state_topic",
    "dev_cla": "device_class",
    "unit_of_meas": "unit_of_measurement",
    "pl_on": "payload_on",
    "pl_off": "payload_off",
    "val_tpl": "value_template",
}
"""The short names under which an announcement may say the same."""
_FIELD = re.compile(r"\{\{\s*value_json\.(\w+)\s*\}\}")
_BINARY = {"battery": "battery_low", "power": "power_state"}
"""What these words mean of a yes or no, and not of a measure."""
_ABOUT = ("/device_class", "/unit_of_measurement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One device: its topic and name, what home.toml would say besides, and what its system says that it tells."""

    topic: str
    name: str | None
    options: Mapping[str, str] = field(default_factory=dict)
    tells: frozenset[Quantity | TriggerKind] = frozenset()


def devices_of(messages: Messages, counts: Mapping[str, int], at: datetime) -> tuple[Found, ...]:
    """Every device that can be made out, each once."""
    found: dict[str, Found] = {}
    for row in (*_listed(messages), *_zigbee(messages), *_announced(messages), *_streamed(messages)):
        if row.topic in found or not is_topic(row.topic):
            continue
        said = messages.get(row.topic)
        frames = () if said is None else (Frame(address=row.topic, source=SOURCE, payload=said, at=at),)
        found[row.topic] = Found(
            path=Path.MQTT,
            address=row.topic,
            count=counts.get(row.topic, 0),
            frames=frames,
            name=row.name,
            tells=row.tells,
            options=row.options,
        )
    return tuple(found.values())


def _listed(messages: Messages) -> Iterator[Row]:
    """What Zigbee2MQTT lists, also of a device that has not yet said a word."""
    for topic, payload in messages.items():
        if topic.endswith(LIST):
            for one in _objects(payload):
                name, tells = one.get("friendly_name"), _tells(one)
                if isinstance(name, str) and tells and not one.get("disabled"):
                    yield Row(topic=f"{topic.removesuffix(LIST)}/{name}", name=name, tells=tells)


def _tells(listed: Mapping[str, object]) -> frozenset[Quantity | TriggerKind]:
    definition = listed.get("definition")
    exposes = definition.get("exposes") if isinstance(definition, dict) else None
    words = set(_properties(exposes))
    presses = {TriggerKind.PRESS} if _ACTION in words else set[TriggerKind]()
    return frozenset({zigbee2mqtt.FIELDS[word][0] for word in words & zigbee2mqtt.FIELDS.keys()} | presses)


def _properties(exposes: object, depth: int = 0) -> Iterator[str]:
    """The fields that a device's messages can have, those in groups (a lamp's, a lock's) included."""
    for one in exposes if isinstance(exposes, list) and depth < _DEEPEST else ():
        if isinstance(one, dict):
            if isinstance(one.get("property"), str):
                yield one["property"]
            yield from _properties(one.get("features"), depth + 1)


def _zigbee(messages: Messages) -> Iterator[Row]:
    """What Zigbee2MQTT's devices have said, where its list is not to be had."""
    bridges = {topic.removesuffix(BRIDGE) for topic in messages if topic.endswith(BRIDGE)} | {USUAL_BASE}
    for topic, payload in messages.items():
        base = next((one for one in bridges if topic.startswith(f"{one}/")), None)
        name = topic.removeprefix(f"{base}/")
        if base is None or name.startswith("bridge/"):
            continue
        if {*_object(payload)} & {*zigbee2mqtt.FIELDS, _ACTION}:
            yield Row(topic=topic, name=name)


def _announced(messages: Messages) -> Iterator[Row]:
    for topic, payload in messages.items():
        if not topic.endswith("/config"):
            continue
        fields = {_SHORT.get(name, name): value for name, value in _object(payload).items()}
        state, options = fields.get("state_topic"), _options(topic, fields)
        if isinstance(state, str) and options:
            yield Row(topic=state, name=str(fields.get("name") or "") or None, options=options)


def _options(topic: str, fields: Mapping[str, object]) -> dict[str, str]:
    """What home.toml would say of an announced state; nothing where it is of no use here."""
    device_class = str(fields.get("device_class"))
    if "/binary_sensor/" in topic:
        device_class = _BINARY.get(device_class, device_class)
    field = _FIELD.fullmatch(str(fields.get("value_template", "")))
    options = {
        "device_class": device_class,
        "unit": fields.get("unit_of_measurement") if device_class in MEASURES else None,
        "field": field[1] if field else None,
        "on": fields.get("payload_on"),
        "off": fields.get("payload_off"),
    }
    return {name: str(value) for name, value in options.items() if value is not None} if device_class in CLASSES else {}


def _streamed(messages: Messages) -> Iterator[Row]:
    for topic in messages:
        if not topic.endswith("/state"):
            continue
        entity = topic.removesuffix("/state")
        about = {end: _text(messages[entity + end]) for end in _ABOUT if entity + end in messages}
        fields = {"device_class": about.get("/device_class"), "unit_of_measurement": about.get("/unit_of_measurement")}
        if options := _options(topic, fields):
            yield Row(topic=topic, name=entity.rpartition("/")[2].replace("_", " "), options=options)


def _object(payload: bytes) -> Mapping[str, object]:
    try:
        return fields_of(payload)
    except DecodeError:
        return {}


def _objects(payload: bytes) -> list[Mapping[str, object]]:
    """The members of a JSON list that are objects."""
    try:
        read = json.loads(payload)
    except (ValueError, RecursionError):
        return []
    return [one for one in read if isinstance(one, dict)] if isinstance(read, list) else []


def _text(payload: bytes) -> str:
    """A word, which Home Assistant puts in quotes."""
    try:
        return str(json.loads(payload))
    except (ValueError, RecursionError):
        return payload.decode(errors="replace")
