from dataclasses import replace
from datetime import timedelta

from hub.escalation.recipients import (
    AT_HOME,
    Chain,
    address,
    fallbacks,
    loud_chains,
    prompt_chains,
    rest,
    step_chains,
)
from hub.household.model import SmsPolicy
from hub.model import Address, Notify, Role, Step
from tests.fakes import START
from tests.hub.escalation.homes import ARC_FIRST, HOUSEHOLD, LIFE, PEOPLE, PRIYA, without

WITH_MODEM = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem"))


def names(chains: list[Chain]) -> list[list[str]]:
    return [[f"{way.contact.name}:{way.channel}" for way in chain] for chain in chains]


def step(*notify: Notify) -> Step:
    return Step(id="s", wait=timedelta(minutes=1), notify=notify)


def test_the_rota_says_who_and_each_channel_is_a_chain_of_its_own() -> None:
    on_call = step(Notify(rota="family_on_call", via=("push", "sms")))
    assert names(step_chains(on_call, HOUSEHOLD, START)) == [["priya:push"], ["priya:sms"]]
    evening = START + timedelta(hours=12)
    assert names(step_chains(on_call, HOUSEHOLD, evening)) == [["tom:sms"]]  # tom has no push


def test_one_way_is_enough_where_the_plan_says_so() -> None:
    assert names(step_chains(step(ARC_FIRST), HOUSEHOLD, START)) == [["arc:scaip", "arc:voice"]]


def test_a_text_has_the_other_path_behind_it() -> None:
    assert names(step_chains(step(Notify(who="tom", via=("sms",))), WITH_MODEM, START)) == [
        ["tom:sms", "tom:gsm_modem"]
    ]


def test_a_person_named_twice_is_told_once_by_each_channel() -> None:
    twice = step(Notify(who="tom", via=("sms",)), Notify(role=Role.FAMILY, via=("sms", "voice")))
    assert names(step_chains(twice, HOUSEHOLD, START)) == [
        ["tom:sms"],
        ["priya:sms"],
        ["priya:voice"],
        ["tom:voice"],
    ]


def test_somebody_without_an_address_is_there_to_be_seen() -> None:
    ((way,),) = step_chains(step(Notify(who="joan", via=("push", "voice"))), HOUSEHOLD, START)
    assert (way.contact.name, way.channel, way.to) == ("joan", "push", "")


def test_who_has_left_the_household_is_nobody_and_so_is_an_unknown_rota() -> None:
    left = without(HOUSEHOLD, "priya", "joan")
    assert step_chains(step(Notify(who="joan", via=("sms",))), left, START) == []
    assert step_chains(step(Notify(rota="family_on_call", via=("sms",))), left, START) == []
    assert step_chains(step(Notify(rota="gone", via=("sms",))), HOUSEHOLD, START) == []
    assert names(step_chains(step(Notify(role=Role.FAMILY, via=("sms",))), left, START)) == [["tom:sms"]]


def test_loud_is_everybody_by_every_way_the_centre_by_voice_and_the_siren() -> None:
    loud = [one for chain in names(loud_chains(LIFE, 9, HOUSEHOLD, START)) for one in chain]
    assert set(loud) == {
        "priya:sms",
        "tom:sms",
        "joan:sms",
        "priya:voice",
        "tom:voice",
        "arc:scaip",
        "arc:voice",
        "margaret:siren",
        "margaret:speaker",
        "margaret:screen",
        "margaret:console",
    }
    assert not any("margaret" in one for chain in names(loud_chains(LIFE, 4, HOUSEHOLD, START)) for one in chain)


def test_the_resident_is_asked_at_home_by_one_way_after_the_other() -> None:
    assert names(prompt_chains(HOUSEHOLD)) == [["margaret:speaker", "margaret:screen", "margaret:console"]]


def test_addresses_are_as_they_are_now() -> None:
    assert address(PEOPLE["priya"], "sms", HOUSEHOLD) == PRIYA
    assert address(PEOPLE["priya"], "gsm_modem", WITH_MODEM) == PRIYA
    assert address(PEOPLE["priya"], "gsm_modem", HOUSEHOLD) == ""
    assert address(PEOPLE["margaret"], "speaker", HOUSEHOLD) == AT_HOME
    texting = replace(PEOPLE["margaret"], addresses=(Address(channel="sms", to="+447700900009"),))
    assert address(texting, "sms", HOUSEHOLD) == "+447700900009"


def test_what_is_left_of_a_chain() -> None:
    chains = step_chains(step(ARC_FIRST, Notify(who="tom", via=("sms",))), WITH_MODEM, START)
    assert names([rest(chains, "arc", "scaip")]) == [["arc:voice"]]
    assert names([rest(chains, "tom", "sms")]) == [["tom:gsm_modem"]]
    assert rest(chains, "arc", "voice") == ()
    assert rest(chains, "priya", "sms") == ()


def test_only_texts_have_another_path() -> None:
    ((scaip, voice),) = step_chains(step(ARC_FIRST), WITH_MODEM, START)
    assert fallbacks(WITH_MODEM, voice) == (voice,)
    assert fallbacks(HOUSEHOLD, scaip) == (scaip,)
