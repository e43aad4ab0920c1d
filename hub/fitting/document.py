"""Adds a device to the text of a home.toml, or takes one out; every comment and every line besides stays as it is."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.spelling import unknown
from hub.household.model import HouseholdError

_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A device as its table in home.toml will say it. `key_secret` names its key's secret, and is not the key."""

    kind: str
    address: str
    name: str
    room: str | None = None
    person: str | None = None
    key_secret: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of its table.

        >>> New(kind="shelly_button", address="", name="Edith's pendant").key
        'edith_s_pendant'
        """
        return _NOT_IN_A_KEY.sub("_", self.name.lower()).strip("_")

    def table(self) -> dict[str, Any]:
        """What its table says: nothing that goes without saying."""
        port = self.options.get("port")
        options = {name: value for name, value in self.options.items() if name != "port"}
        said = {
            "kind": self.kind,
            "address": self.address,
            "name": None if self.name == self.key.replace("_", " ") or self.name == self.key else self.name,
            "port": port,
            "room": self.room,
            "person": self.person,
            "key_secret": self.key_secret,
            "options": options or None,
        }
        return {name: value for name, value in said.items() if value is not None}


def with_device(text: str, new: New) -> str:
    """The document with one more device. Raises `HouseholdError`."""
    import tomlkit  # noqa: PLC0415 -- slow to load, and only whoever changes a file needs it

    before = _read(text)
    if not new.key:
        raise HouseholdError("the device needs a name of letters or digits")
    if new.key in before.get("devices", {}):
        raise HouseholdError(f"there is a device {new.key!r} already; give this one another name")
    edited = tomlkit.parse(text)
    table = tomlkit.table()
    for name, value in new.table().items():
        table.add(name, _inline(value) if isinstance(value, dict) else value)
    table.add(tomlkit.nl())
    edited.setdefault("devices", tomlkit.table(is_super_table=True))[new.key] = table
    devices = {**before.get("devices", {}), new.key: new.table()}
    return _checked(edited.as_string(), {**before, "devices": devices})


def without_device(text: str, key: str) -> str:
    """The document with one device less. Raises `HouseholdError`."""
    import tomlkit  # noqa: PLC0415 -- as above

    before = _read(text)
    devices = before.get("devices", {})
    if key not in devices:
        raise HouseholdError(unknown("device", key, devices))
    edited = tomlkit.parse(text)
    del edited["devices"][key]
    rest = {name: table for name, table in devices.items() if name != key}
    return _checked(edited.as_string(), {**before, "devices": rest})


def _inline(values: Mapping[str, str]) -> Any:
    import tomlkit  # noqa: PLC0415 -- as above

    table = tomlkit.inline_table()
    table.update(values)
    return table


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HouseholdError(f"this is not TOML: {error}") from error


def _checked(text: str, wanted: Mapping[str, Any]) -> str:
    """The text, once it is sure that it says what was wanted and nothing else."""
    said = tomllib.loads(text)
    if {**said, "devices": said.get("devices", {})} != wanted:
        raise HouseholdError("the file is written in a way that I cannot change without changing more: do it by hand")
    return text
