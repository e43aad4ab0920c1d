"""The store's numbers of devices and quantities, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.model import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What an observation row refers to by number."""

    devices: Mapping[str, int]
    quantities: Mapping[Quantity, int]
