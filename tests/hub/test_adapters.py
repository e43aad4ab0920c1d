"""A household gets its channels, or a sentence why not; the console stands in for what the hub has no device for."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from hub import household
from hub.adapters import Maker, adapters, close, console_only
from hub.channels.console import Console
from hub.channels.gsm.modem import GsmModem
from hub.channels.ntfy import Ntfy
from hub.channels.speaker import Speaker
from hub.channels.twilio_voice import TwilioVoice
from hub.channels.webhook import Webhook
from hub.household.model import Household
from hub.model import Address, Channel
from hub.secrets import SecretError
from hub.simulated.channel import SimulatedChannel
from tests.hub.homes import HOME


def home(sms: str) -> Household:
    return household.parse(HOME.replace('primary = "twilio"', sms))


def without_a_secret(_: Household) -> Channel:
    raise SecretError("the secret 'twilio-token' is missing")


class Held(SimulatedChannel):
    """An adapter with threads."""

    def __init__(self) -> None:
        super().__init__("twilio")
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_the_console_is_there_without_being_asked_for() -> None:
    found, lacking = adapters(home('primary = "console"'))
    assert {"console", "speaker", "screen", "siren"} == set(found)
    assert all(isinstance(one, Console) for one in found.values())
    assert lacking == ()


def test_what_a_household_names_is_made() -> None:
    held = Held()
    found, lacking = adapters(home('primary = "twilio"'), {"twilio": lambda _: held})
    assert found["twilio"] is held
    assert lacking == ()


@pytest.mark.parametrize(
    ("makers", "sentence"),
    [
        ({}, "twilio cannot be used: this hub has no such channel"),
        ({"twilio": without_a_secret}, "twilio cannot be used: the secret 'twilio-token' is missing"),
    ],
)
def test_what_cannot_be_had_is_said(makers: Mapping[str, Maker], sentence: str) -> None:
    found, lacking = adapters(home('primary = "twilio"'), makers)
    assert "twilio" not in found
    assert lacking == (sentence,)


def test_twilio_without_secrets_names_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALONGSIDE_TWILIO_ACCOUNT_SID", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    _, lacking = adapters(home('primary = "twilio"'))
    assert "ALONGSIDE_TWILIO_ACCOUNT_SID" in lacking[0]


def test_with_the_console_alone_nothing_is_sent() -> None:
    found, lacking = console_only(home('primary = "twilio"'))
    assert all(isinstance(one, Console) for one in found.values())
    assert "twilio" in found
    assert lacking == ()


def test_each_adapter_is_let_go_of_once() -> None:
    held = Held()
    close({"twilio": held, "sms": held, "console": Console()})
    assert held.closed == 1


def test_a_modem_is_made_where_the_household_says_which_port_it_is_on() -> None:
    text = 'primary = "console"\nfallback = "gsm_modem"\n'
    found, lacking = adapters(home(f"{text}[channels.gsm_modem]\nport = '/dev/serial/by-id/usb-modem'"))
    assert isinstance(found["gsm_modem"], GsmModem)
    assert lacking == ()
    found, lacking = adapters(home(text))
    assert "gsm_modem" not in found
    assert lacking == (
        "gsm_modem cannot be used: say in home.toml, under [channels.gsm_modem], on which `port` the modem is",
    )


def test_a_loudspeaker_takes_the_console_s_place_where_the_household_has_one() -> None:
    found, lacking = adapters(home('primary = "console"\n[channels.speaker]\nprimary = "espeak"'))
    assert isinstance(found["speaker"], Speaker)
    assert isinstance(found["screen"], Console)
    assert lacking == ()


def test_calls_go_by_twilio_or_are_said_on_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    by_twilio = home('primary = "console"\n[channels.voice]\nprimary = "twilio"')
    monkeypatch.delenv("ALONGSIDE_TWILIO_ACCOUNT_SID", raising=False)
    assert "voice cannot be used: the secret 'twilio-account-sid' is missing" in adapters(by_twilio)[1][0]
    for name in ("ACCOUNT_SID", "TOKEN", "NUMBER"):
        monkeypatch.setenv(f"ALONGSIDE_TWILIO_{name}", "x")
    found, lacking = adapters(by_twilio)
    assert isinstance(found["voice"], TwilioVoice)
    assert lacking == ()
    close(found)
    found, _ = adapters(home('primary = "console"\n[channels.voice]\nprimary = "console"'))
    assert isinstance(found["voice"], Console)
    assert "voice" not in adapters(home('primary = "console"'))[0]


def test_pushes_and_webhooks_are_there_for_those_who_use_them(monkeypatch: pytest.MonkeyPatch) -> None:
    household_ = home('primary = "console"\n[channels.push]\nprimary = "ntfy"')
    person = next(iter(household_.people.values()))
    hooked = replace(person, addresses=(Address(channel="webhook", to="https://care.example/alongside"),))
    household_ = replace(household_, people={**household_.people, person.name: hooked})
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    found, lacking = adapters(household_)
    assert isinstance(found["push"], Ntfy)
    assert "ALONGSIDE_WEBHOOK_SECRET" in lacking[0]
    close(found)
    monkeypatch.setenv("ALONGSIDE_WEBHOOK_SECRET", "x")
    found, lacking = adapters(household_)
    assert isinstance(found["webhook"], Webhook)
    assert lacking == ()
    close(found)
