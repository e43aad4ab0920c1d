"""A device is added to a file, and taken out, and nothing else is changed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.fitting.document import New, with_device, without_device
from hub.household import parse
from hub.household.model import HouseholdError
from tests.hub.homes import HOME

EXAMPLE = (Path(__file__).parents[3] / "examples" / "home.toml").read_text()
SPARE = New(kind="shelly_motion", address="A4:C1:38:10:00:99", name="hall motion", room="hall")


def test_every_line_and_comment_stays() -> None:
    after = with_device(EXAMPLE, SPARE)
    table = '[devices.hall_motion]\nkind = "shelly_motion"\naddress = "A4:C1:38:10:00:99"\nroom = "hall"\n\n'
    assert after.replace(table, "") == EXAMPLE
    assert parse(after).devices["hall_motion"].room == "hall"


def test_all_that_may_be_said() -> None:
    new = New(
        kind="esp3",
        address="0029A1B3",
        name="Edith's switch",
        person="edith",
        room="bedroom",
        key_secret="a_key",  # noqa: S106 -- its name
        options={"port": "/dev/serial/by-id/usb-enocean", "profile": "F6-02-01"},
    )
    home = parse(with_device(EXAMPLE, new))
    assert home.devices["edith_s_switch"].options["profile"] == "F6-02-01"
    assert home.devices["edith_s_switch"].options["port"] == "/dev/serial/by-id/usb-enocean"
    assert home.home.sensors["edith_s_switch"].name == "Edith's switch"
    assert home.key_secrets["edith_s_switch"] == "a_key"


@given(
    st.sampled_from(["hall motion", "Nana's tag", "2nd door", "ümlaut x"]),
    st.sampled_from([EXAMPLE, HOME, HOME.split("[devices")[0]]),
)
@settings(max_examples=12)
def test_what_was_added_can_be_taken_out_again(name: str, text: str) -> None:
    new = New(kind="shelly_motion", address="A4:C1:38:10:00:99", name=name)
    assert without_device(with_device(text, new), new.key).rstrip() == text.rstrip()


def test_scattered_tables_are_kept() -> None:
    text = 'a = 1\n[devices.a]\nkind = "x"\n[z]  # last\nq = 1\n[devices.b]\nkind = "y"\n'
    after = with_device(text, SPARE)
    assert "[z]  # last" in after
    assert without_device(after, "hall_motion").split() == text.split()


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (HOME, "pendnt", "there is no device 'pendnt'; did you mean 'pendant'?"),
        ("a = [", "x", "this is not TOML"),
    ],
)
def test_what_is_not_there_cannot_be_taken_out(text: str, key: str, reason: str) -> None:
    with pytest.raises(HouseholdError, match=reason.replace("?", r"\?")):
        without_device(text, key)


@pytest.mark.parametrize(
    ("name", "reason"), [("pendant", "there is a device 'pendant' already"), ("!?", "needs a name of letters")]
)
def test_a_name_that_cannot_be_used_is_refused(name: str, reason: str) -> None:
    with pytest.raises(HouseholdError, match=reason):
        with_device(HOME, New(kind="shelly_button", address="A4:C1:38:10:00:99", name=name))
