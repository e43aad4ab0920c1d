"""Which adapters stand behind a household's channels."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from hub.channels.console import Console
from hub.channels.gsm.modem import GsmModem
from hub.channels.ntfy import NAME as PUSH
from hub.channels.ntfy import Ntfy
from hub.channels.speaker import NAME as SPEAKER
from hub.channels.speaker import Speaker
from hub.channels.webhook import NAME as WEBHOOK
from hub.channels.webhook import Webhook
from hub.clock import SystemClock
from hub.household.model import Household
from hub.model import Channel
from hub.secrets import SecretError

CONSOLE = "console"
VOICE = "voice"
BY_TWILIO = frozenset({"twilio", VOICE})
"""Adapters to which Twilio may report."""
SPOKEN = ("speaker", "screen", "siren")
"""What these would say is said on the console, where the household names no device for it."""

Adapters = Mapping[str, Channel]


@runtime_checkable
class Closing(Protocol):
    """An adapter that holds on to something, such as threads."""

    def close(self) -> None:
        """Let go of it."""
        ...


class LackingError(Exception):
    """A household does not say what a channel needs; the message says where to say it."""


Maker = Callable[[Household], Channel]


def _twilio(household: Household) -> Channel:
    from hub.channels.twilio_sms import TwilioSms  # noqa: PLC0415 -- slow to load, and needed only by those who use it

    return TwilioSms.from_secrets(household)


def _voice(household: Household) -> Channel:
    if household.voice.primary == CONSOLE:
        return Console()
    from hub.channels.twilio_voice import TwilioVoice  # noqa: PLC0415 -- as above

    return TwilioVoice.from_secrets(household)


def _modem(household: Household) -> Channel:
    policy = household.modem
    if policy.port is None:
        raise LackingError("say in home.toml, under [channels.gsm_modem], on which `port` the modem is")
    return GsmModem(SystemClock(), policy.port, policy.baud, household.sms.validity)


def _speaker(household: Household) -> Channel:
    return Speaker(SystemClock(), household.speaker)


def _push(household: Household) -> Channel:
    return Ntfy.from_secrets(household.push)


def _webhook(_household: Household) -> Channel:
    return Webhook.from_secrets(SystemClock())


MAKERS: Mapping[str, Maker] = {
    "twilio": _twilio,
    "gsm_modem": _modem,
    "speaker": _speaker,
    "push": _push,
    "webhook": _webhook,
    VOICE: _voice,
}
"""How each adapter beside the console is made. Raises `SecretError` or `LackingError` where it lacks something.

Providers and devices live in the machine's time, also where the hub lives in a story's.
"""


def adapters(household: Household, makers: Mapping[str, Maker] = MAKERS) -> tuple[Adapters, tuple[str, ...]]:
    """The adapters that this household needs, and a sentence for each that cannot be had."""
    found: dict[str, Channel] = dict.fromkeys((CONSOLE, *SPOKEN), Console())
    lacking = []
    for name in _wanted(household):
        try:
            found[name] = makers[name](household)
        except KeyError:
            lacking.append(f"{name} cannot be used: this hub has no such channel")
        except (SecretError, LackingError) as error:
            lacking.append(f"{name} cannot be used: {error}")
    return found, tuple(lacking)


def console_only(household: Household) -> tuple[Adapters, tuple[str, ...]]:
    """Say everything on the console and send nothing: to try a household out."""
    console = Console()
    return dict.fromkeys((CONSOLE, *SPOKEN, *_wanted(household)), console), ()


def _wanted(household: Household) -> list[str]:
    named = (household.sms.primary, household.sms.fallback)
    besides = {
        SPEAKER: household.speaker.primary != CONSOLE,
        PUSH: household.push.primary != "none",
        VOICE: household.voice.primary != "none",
        WEBHOOK: any(way.channel == WEBHOOK for one in household.people.values() for way in one.addresses),
    }
    texts = [name for name in named if name is not None and name != CONSOLE]
    return [*texts, *(name for name, wanted in besides.items() if wanted)]


def close(channels: Adapters) -> None:
    """Let go of what adapters hold on to."""
    for channel in {id(one): one for one in channels.values()}.values():
        if isinstance(channel, Closing):
            channel.close()
