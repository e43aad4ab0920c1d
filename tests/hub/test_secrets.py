from pathlib import Path

import pytest

from hub.secrets import SecretError, need_key, need_secret, read_secret


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALONGSIDE_DOOR_KEY", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "door-key").write_text("from the service\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_secret("door-key") == "from the service"

    monkeypatch.setenv("ALONGSIDE_DOOR_KEY", " from the environment ")
    assert read_secret("door-key") == "from the environment"


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_secret_is_none(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setenv("ALONGSIDE_DOOR_KEY", content)

    assert read_secret("door-key") is None


def test_a_missing_secret_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert read_secret("door-key") is None
    with pytest.raises(SecretError, match="the secret 'door-key' is missing: set ALONGSIDE_DOOR_KEY, or give the serv"):
        need_secret("door-key")


def test_a_key_is_hexadecimal_and_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_DOOR_KEY", "0a 0b")
    assert need_key("door-key") == b"\x0a\x0b"

    monkeypatch.setenv("ALONGSIDE_DOOR_KEY", "swordfish")
    with pytest.raises(SecretError, match="must be a key in hexadecimal digits: check ALONGSIDE_DOOR_KEY") as raised:
        need_key("door-key")
    assert "swordfish" not in str(raised.value)
    assert raised.value.__suppress_context__
