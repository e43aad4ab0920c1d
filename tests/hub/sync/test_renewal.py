"""A hub takes a new certificate only for the key that it made, and only from the authority that it trusts already."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from hub.centre.authority import Authority
from hub.sync.membership import OWN, Membership, Papers, save
from hub.sync.papers import key_pem, new_key, request
from hub.sync.renewal import Renewal
from tests.fakes import START

LATER = START + timedelta(days=340)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.open(tmp_path / "authority", START)


@pytest.fixture
def folder(tmp_path: Path, authority: Authority) -> Path:
    key = new_key()
    certificate = authority.grant(request(key, "hh-1"), "hh-1", START).pem
    papers = Papers(key=key_pem(key), certificate=certificate, authority=authority.pem)
    save(tmp_path / "home", Membership(hub="hh-1", host="localhost", port=1), papers)
    return tmp_path / "home"


def granted(authority: Authority, asked: str | None) -> dict[str, str]:
    assert asked is not None
    return {"certificate": authority.grant(json.loads(asked)["request"], "hh-1", LATER).pem}


def test_another_is_asked_for_only_when_the_first_ends_soon(folder: Path) -> None:
    assert Renewal(folder, lambda: START + timedelta(days=330)).request() is None
    assert Renewal(folder, lambda: LATER).request() is not None


def test_key_and_certificate_change_together_and_then_last(folder: Path, authority: Authority) -> None:
    renewal, before = Renewal(folder, lambda: LATER), (folder / OWN).read_text()
    answer = granted(authority, renewal.request())
    assert renewal.take(answer)
    after = (folder / OWN).read_text()
    assert after.endswith(answer["certificate"])
    assert after.split("-----END PRIVATE KEY-----")[0] != before.split("-----END PRIVATE KEY-----")[0]
    assert renewal.request() is None
    assert not renewal.take(answer)


def test_an_answer_to_the_first_of_two_requests_is_good(folder: Path, authority: Authority) -> None:
    renewal = Renewal(folder, lambda: LATER)
    first, _ = renewal.request(), renewal.request()
    assert renewal.take(granted(authority, first))


def test_what_was_not_asked_for_or_is_of_another_authority_is_not_taken(
    folder: Path, authority: Authority, tmp_path: Path
) -> None:
    renewal, before = Renewal(folder, lambda: LATER), (folder / OWN).read_text()
    asked = renewal.request()
    stranger = Authority.open(tmp_path / "stranger", START)
    others = {"certificate": authority.grant(request(new_key(), "hh-1"), "hh-1", LATER).pem}
    assert not renewal.take(granted(stranger, asked))
    assert not renewal.take(others)
    assert (folder / OWN).read_text() == before
    with pytest.raises(ValueError, match="PEM"):
        renewal.take({"certificate": "none"})
