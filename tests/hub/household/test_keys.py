import pytest

from hub.household import parse, unlock


def test_a_key_comes_from_the_secrets_only(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_KITCHEN_MOTION_KEY", "231d39c1d7cc1ab1aee224cd096db932")

    home, missing = unlock(parse(example))

    assert home.devices["kitchen_motion"].key == bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
    assert home.devices["pendant"].key is None
    assert missing == ()
    assert "231d39" not in repr(home)


def test_a_missing_key_costs_that_device_only(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALONGSIDE_KITCHEN_MOTION_KEY", raising=False)

    home, missing = unlock(parse(example))

    assert home.devices["kitchen_motion"].key is None
    assert missing == (
        "kitchen_motion cannot be read: the secret 'kitchen_motion_key' is missing: set ALONGSIDE_KITCHEN_MOTION_KEY,"
        " or give the service a credential 'kitchen_motion_key'",
    )
