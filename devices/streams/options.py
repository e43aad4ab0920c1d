"""What home.toml may choose of a stream: its rate and its range, where the device offers several."""

from collections.abc import Sequence

from devices.kinds import DeviceSetup, SetupError


def chosen(setup: DeviceSetup, option: str, offered: Sequence[float]) -> float:
    """The value of an option, or the first that is offered. Raises `SetupError` on one that is not offered."""
    text = setup.options.get(option)
    if text is None:
        return offered[0]
    found = next((value for value in offered if text in (f"{value:g}", str(value))), None)
    if found is None:
        known = ", ".join(f"{value:g}" for value in sorted(offered))
        raise SetupError(f"device {setup.name}: its {option} can be {known}, not {text!r}")
    return found
