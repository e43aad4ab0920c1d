"""Which adapters stand behind a household's channels."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from hub.channels.console import Console
from hub.household.model import Household
from hub.model import Channel
from hub.secrets import SecretError

CONSOLE = "console"
SPOKEN = ("speaker", "screen", "siren")
"""For these the hub has no device of its own yet: what they would say is said on the console."""

Adapters = Mapping[str, Channel]


@runtime_checkable
class Closing(Protocol):
    """An adapter that holds on to something, such as threads."""

    def close(self) -> None:
        """Let go of it."""
        ...


Maker = Callable[[Household], Channel]


def _twilio(household: Household) -> Channel:
    from hub.channels.twilio_sms import TwilioSms  # noqa: PLC0415 -- slow to load, and needed only by those who use it

    return TwilioSms.from_secrets(household.sms)


MAKERS: Mapping[str, Maker] = {"twilio": _twilio}
"""How each adapter beside the console is made. Raises `SecretError` where it lacks a secret."""


def adapters(household: Household, makers: Mapping[str, Maker] = MAKERS) -> tuple[Adapters, tuple[str, ...]]:
    """The adapters that this household needs, and a sentence for each that cannot be had."""
    found: dict[str, Channel] = dict.fromkeys((CONSOLE, *SPOKEN), Console())
    lacking = []
    for name in _wanted(household):
        try:
            found[name] = makers[name](household)
        except KeyError:
            lacking.append(f"texts by {name} cannot be sent: this hub has no such channel")
        except SecretError as error:
            lacking.append(f"texts by {name} cannot be sent: {error}")
    return found, tuple(lacking)


def console_only(household: Household) -> tuple[Adapters, tuple[str, ...]]:
    """Say everything on the console and send nothing: to try a household out."""
    console = Console()
    return dict.fromkeys((CONSOLE, *SPOKEN, *_wanted(household)), console), ()


def _wanted(household: Household) -> list[str]:
    named = (household.sms.primary, household.sms.fallback)
    return [name for name in named if name is not None and name != CONSOLE]


def close(channels: Adapters) -> None:
    """Let go of what adapters hold on to."""
    for channel in {id(one): one for one in channels.values()}.values():
        if isinstance(channel, Closing):
            channel.close()
