"""The text of any alarm for every recipient, before there is one."""

from dataclasses import replace
from pathlib import Path

import pytest

from analytics.model import FindingKind
from hub import household
from hub.escalation import gsm7
from hub.escalation.planning import FOR_FAMILY, NOT_APPROVED
from hub.escalation.preview import Preview, previews
from hub.escalation.retelling import ASKED, read_aloud
from hub.household.model import Consent, TwilioPolicy
from hub.household.unnamed import complete
from hub.model import Purpose, Role
from tests.fakes import START
from tests.hub.escalation.homes import ALARMS, HOUSEHOLD
from tests.hub.escalation.test_responders import SAMS, home

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "household.toml"
EVERY_KIND = replace(HOUSEHOLD, alarms=complete({FindingKind(kind): policy for kind, policy in ALARMS.items()}))


def said(found: list[Preview], person: str, channel: str = "sms", purpose: Purpose = Purpose.ALARM) -> str:
    return next(one.text for one in found if (one.person, one.channel, one.purpose) == (person, channel, purpose))


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_can_be_previewed_and_every_text_is_one_plain_message(kind: FindingKind) -> None:
    found = previews(EVERY_KIND, kind, START)
    assert {one.person for one in found} >= {"tom", "priya"}
    for one in found:
        assert one.text or one.not_told
        assert one.length is None or one.length == gsm7.length(one.text) <= gsm7.LIMIT


def test_everybody_who_is_ever_on_a_rota_is_there() -> None:
    first = [one for one in previews(HOUSEHOLD, FindingKind.PANIC, START) if one.step == "first"]
    assert [one.person for one in first] == ["priya", "tom"]


def test_it_is_what_would_be_sent_and_says_which_fields_it_may_hold() -> None:
    found = previews(HOUSEHOLD, FindingKind.FALL, START)
    joan = next(one for one in found if one.person == "joan")
    assert joan.text == "Margaret may need help. Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q"
    assert joan.shows == ("first_name", "kind_plain")
    priya = next(one for one in found if (one.person, one.channel) == ("priya", "sms"))
    assert priya.kept_back == ("name",)  # a text lies on a locked screen
    assert found[0].purpose is Purpose.CHECK_IN
    assert found[0].person == "margaret"


def test_it_follows_consent_at_once() -> None:
    nothing = replace(HOUSEHOLD, consent=Consent(revision=8, fields={}))
    found = previews(nothing, FindingKind.FALL, START)
    assert said(found, "tom").startswith("Someone you look after may need help.")
    assert {one.shows for one in found if one.role is not Role.RESIDENT} == {()}


def test_what_a_responder_hears_before_and_after_accepting() -> None:
    found = previews(home(SAMS), FindingKind.PANIC, START)
    assert "Mill Lane" not in said(found, "sam")
    assert "at 1 Mill Lane" in said(found, "sam", purpose=Purpose.REPLY)
    (refused,) = [one for one in previews(home(SAMS, approved=None), FindingKind.PANIC, START) if one.step == "first"]
    assert (refused.not_told, refused.text) == (NOT_APPROVED, "")


def test_a_clinician_whom_it_does_not_concern_is_shown_as_such() -> None:
    policy = replace(ALARMS[FindingKind.ABNORMAL_PULSE], belongs_to="family")
    mine = replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.ABNORMAL_PULSE: policy})
    (nurses,) = [one for one in previews(mine, FindingKind.ABNORMAL_PULSE, START) if one.person == "nurses"]
    assert nurses.not_told == FOR_FAMILY


def test_a_call_asks_for_a_key_where_one_can_be_heard() -> None:
    reached = replace(HOUSEHOLD, twilio=TwilioPolicy(public_url="https://care.example"))
    assert said(previews(reached, FindingKind.PANIC, START), "tom", "voice").endswith("If all is safe, press 3.")
    assert "Please text this number" in said(previews(HOUSEHOLD, FindingKind.PANIC, START), "tom", "voice")


def test_a_text_bears_its_link_where_the_portal_can_be_reached() -> None:
    reached = replace(HOUSEHOLD, sms=replace(HOUSEHOLD.sms, portal="https://care.example/"))
    found = previews(reached, FindingKind.PANIC, START)
    assert " https://care.example/a/K3F9Qxxxx" in said(found, "joan")
    assert "/a/" not in said(found, "tom", "voice")


def test_read_aloud_it_goes_step_by_step() -> None:
    lines = list(read_aloud(previews(home(SAMS), FindingKind.PANIC, START), 7))
    assert lines[0] == "By the household in force and consent revision 7:"
    assert lines[2] == "Step 'first'"
    assert "by sms, once they have said that they are going: Thank you." in lines[4]
    pulse = list(read_aloud(previews(HOUSEHOLD, FindingKind.ABNORMAL_PULSE, START), 7))
    assert ASKED in pulse
    assert "Step 'urgent', if news2 >= 5 or single >= 3" in pulse
    unapproved = list(read_aloud(previews(home(SAMS, approved=None), FindingKind.PANIC, START), 7))
    assert f"  Sam (neighbour) by sms: not told, because {NOT_APPROVED}" in unapproved


@pytest.mark.parametrize("kind", FindingKind)
def test_the_reference_household_can_be_previewed(kind: FindingKind) -> None:
    if not REFERENCE.exists():
        pytest.skip(f"the reference household is not at {REFERENCE}")
    found = previews(household.parse(REFERENCE.read_text(encoding="utf-8")), kind, START)
    assert all(one.length is None or one.length <= gsm7.LIMIT for one in found)
    for one in found:
        if one.role is Role.CLINICIAN:
            assert one.text.startswith("Your patient hh-0042: ")
            assert " since 09:00." in one.text
            assert "Reply 1 to accept" in one.text
