"""A bad file is refused with the line and the reason, in one clear sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.household import HouseholdError, parse
from hub.household.values import parse_duration
from tests.hub.household.conftest import changed, line_of

# what is changed, into what, which passage the line must point at, and what is said
REFUSALS = {
    "not_toml": ('id = "marlow"', "id = marlow", "id = marlow", "this is not TOML: invalid value"),
    "wrong_schema": ("household/1", "household/9", "schema =", "schema: 'alongside.household/9' is not one of"),
    "missing_key": ('exhausted_retry = "PT10M"\n', "", "[plans.clinical]", "plans.clinical: `exhausted_retry` is mi"),
    "unknown_key": ('ack_timeout = "PT4H"', 'ack_timout = "PT4H"', "ack_timout", "did you mean 'ack_timeout'"),
    "bad_duration": ('"PT45M"', '"45 min"', "45 min", "plans.life.attend_timeout: expected a duration such as PT5M"),
    "duration_number": ('"PT45M"', "45", "attend_timeout", "plans.life.attend_timeout: expected a duration"),
    "bad_clock": ('from = "07:00"', 'from = "7"', 'from = "7"', "layers[1].from: expected a time such as 22:00"),
    "bad_role": ('role = "neighbour"\nname', 'role = "neighbor"\nname', "neighbor", "did you mean 'neighbour'?"),
    "bad_day": ('"tue"', '"tues"', '"tues"', "layers[1].days[2]: 'tues' is not one of mon, tue"),
    "empty_text": ('name = "Olive"', 'name = ""', 'name = ""', "people.olive.name: it must not be empty"),
    "not_a_list": ("family = [", 'family = "name" #', 'family = "name"', "family: it must be a list in square"),
    "not_text": ('name = "Olive"', "name = 3", "name = 3", "people.olive.name: it must be text in quotes"),
    "not_a_bool": ("key_holder = true", 'key_holder = "yes"', '"yes"', "key_holder: it must be true or false"),
    "not_whole": ("rounds = 1", "rounds = 1.5", "1.5", "plans.service.rounds: it must be a whole number"),
    "too_big": ("severity = 10", "severity = 11", "severity = 11", "alarms.panic.severity: input should be less"),
    "bad_date": ("1941-05-03", '"May"', '"May"', "resident.birth_date: it must be a date such as 1941-05-03"),
    "bad_zone": ("Europe/London", "Europe/Hexley", "tz =", "household.tz: there is no time zone 'Europe/Hexley'"),
    "unknown_resident": (
        'resident = "edith"',
        'resident = "edit"',
        '"edit"',
        "no person 'edit'; did you mean 'edith'?",
    ),
    "resident_is_family": ('role = "resident"', 'role = "family"', 'role = "family"', "so the role must be 'resident'"),
    "unknown_channel": ('{ id = "speaker" }', '{ id = "speeker" }', "speeker", "did you mean 'speaker'?"),
    "bad_number": ("+447700900103", "07700900103", "07700900103", "channels[1]: `to` must be a telephone number with"),
    "unknown_field": ('"first_name", "kind_plain"', '"first_nam"', '"first_nam"', "did you mean 'first_name'?"),
    "unknown_rota": (
        'steps = [{ id = "family", wait = "PT15M", notify = [{ rota = "family_on_call"',
        'steps = [{ id = "family", wait = "PT15M", notify = [{ rota = "family_oncall"',
        "family_oncall",
        "plans.service.steps[1].notify[1].rota: there is no rota 'family_oncall'; did you mean 'family_on_call'?",
    ),
    "unknown_person": (
        '{ who = "practice", via',
        '{ who = "practise", via',
        "practise",
        "there is no person 'practise'; did you mean 'practice'?",
    ),
    "unknown_plan": ('{ severity = 4, plan = "service"', '{ severity = 4, plan = "servce"', "servce", "'service'?"),
    "unknown_kind": ("fault = {", "fualt = {", "fualt", "alarms.fualt: 'fualt' is not one of panic, fall"),
    "rota_without_default": (
        "default = true",
        "default = false",
        "layers = [",
        "exactly one layer must be `default = t",
    ),
    "rota_with_half_a_shift": (', to = "19:00"', "", 'who = "nadia"', "`from` and `to` belong together"),
    "rota_of_a_stranger": ('{ who = "ben", default', '{ who = "bob", default', '"bob"', "there is no person 'bob'"),
    "conditional_end": (
        '{ id = "backstop", wait',
        '{ id = "backstop", when = "heart_rate_bpm > 150", wait',
        'id = "backstop"',
        "plans.clinical.steps[3]: the last step must have no `when`, so that it always comes",
    ),
    "impossible_step": (
        "heart_rate_bpm >= 131 or spo2_percent <= 91",
        "heart_rate_bpm >= 131 and heart_rate_bpm < 100",
        "when =",
        "can never be true, so the step would never come",
    ),
    "unknown_fact": ("heart_rate_bpm >= 131", "heartrate_bpm >= 131", "when =", "did you mean 'heart_rate_bpm'?"),
    "unreadable_condition": ("heart_rate_bpm >= 131", "heart_rate_bpm high", "when =", "expected a comparison such as"),
    "step_twice": ('{ id = "wide"', '{ id = "first"', 'id = "first", wait = "PT2M"', "the step 'first' is there twice"),
    "two_targets": (
        '{ role = "neighbour", via',
        '{ role = "neighbour", who = "olive", via',
        'role = "neighbour", who',
        "it must name exactly one of `who`, `rota`, `role` and `tier`",
    ),
    "nobody_of_that_role": (
        '{ role = "neighbour", via',
        '{ role = "operator", via',
        'role = "operator"',
        "nobody in this household has the role 'operator'",
    ),
    "channel_of_nobody": (
        '{ who = "practice", via = ["sms"]',
        '{ who = "practice", via = ["smss", "sms"]',
        "smss",
        "nobody here has the channel 'smss'; did you mean 'sms'?",
    ),
    "channel_of_nobody_at_all": (
        '{ who = "practice", via = ["sms"]',
        '{ who = "practice", via = ["push", "sms"]',
        "push",
        "nobody here has the channel 'push'; they have button, sms, speaker, voice",
    ),
    "tier_of_nobody": (
        '{ role = "neighbour", via',
        '{ tier = "responders", competence = "lifting", via',
        'tier = "responders"',
        "no community responder of this household is near enough for 'lifting'",
    ),
    "competence_of_a_role": (
        '{ role = "neighbour", via',
        '{ role = "neighbour", competence = "lifting", via',
        "competence",
        "something can be asked only of a `tier`",
    ),
    "responder_of_the_family": (
        'role = "family"\nname = "Nadia"',
        'role = "family"\nresponder = { consented = 2026-05-01, distance_m = 100, radius_m = 500 }\nname = "Nadia"',
        "responder =",
        "people.nadia.responder: a community responder has the role 'neighbour'",
    ),
    "clinicians_alone_about_the_family_s": (
        'abnormal_pulse = { severity = 8, plan = "clinical"',
        'abnormal_pulse = { severity = 8, belongs_to = "family", plan = "clinical"',
        'id = "nurse"',
        "'abnormal_pulse' belongs to the family, so this step would tell nobody: name somebody else, too",
    ),
    "person_not_reached": (
        '{ who = "practice", via = ["sms"]',
        '{ who = "practice", via = ["voice"]',
        'id = "nurse"',
        "notify[1].via: practice cannot be reached by voice",
    ),
    "one_channel": (
        'steps = [{ id = "family", wait = "PT15M", notify = [{ rota = "family_on_call", via = ["sms", "voice"] }] }]',
        'steps = [{ id = "family", wait = "PT15M", notify = [{ rota = "family_on_call", via = ["sms"] }] }]',
        'steps = [{ id = "family"',
        "plans.service.steps: it needs at least two channels that reach somebody, in case one fails (now: sms)",
    ),
    "hours_of_a_fall": (
        'fall = { severity = 9, plan = "life", ',
        'fall = { severity = 9, plan = "life", active = { from = "22:00", to = "06:00" }, ',
        "fall = {",
        "alarms.fall.active: an alarm of this kind knows no `active`",
    ),
    "unsafe_hours": ('from = "22:30"', 'from = "12:00"', "wandering = {", "12:00 is not between 18:00 and 03:00"),
    "unknown_device_kind": ('"shelly_door"', '"shelly_dor"', "[devices.front_door]", "there is no kind 'shelly_dor'"),
    "bad_mac": ("A4:C1:38:10:00:02", "A4:C1:38", "[devices.front_door]", "the address 'A4:C1:38' must be like"),
    "stranger_wears_it": (
        'name = "her pendant"\nperson = "edith"',
        'person = "edit"',
        '"edit"',
        "did you mean 'edith'?",
    ),
    "never_reported": (
        'long_press = "fine"',
        'fall = "fine"',
        "answers = {",
        "devices.pendant.answers.fall: a device of kind 'shelly_button' never reports this",
    ),
    "bad_answer": ('long_press = "fine"', 'long_press = "fin"', "answers = {", "'fin' is not one of help, fine"),
    "unknown_setting": (
        "longest_silence_min",
        "longest_silense_min",
        "longest_silense",
        "did you mean 'inactivity.lon",
    ),
    "unsafe_setting": ("value = 180", "value = 18", "value = 18", "18 is not between 60 and 720 minutes"),
    "setting_that_is_a_list": ("value = 180", "value = [180]", "value = [180]", "value: a setting is a number, a text"),
    "setting_of_a_stranger": ('by = "practice"', 'by = "practise"', "practise", "did you mean 'practice'?"),
    "setting_of_the_family": (
        'by = "practice"',
        'by = "ben"',
        '"ben", because',
        "chosen by the resident, by a clinici",
    ),
    "wrong_provenance": (
        'by = "practice"',
        'by = "practice", provenance = "resident"',
        "provenance",
        "what 'practice' chose has the provenance 'clinician'",
    ),
    "decision_without_a_trace": (
        'because = "I do',
        'provenance = "decision", because = "I do',
        "provenance",
        "settings.inactivity.longest_silence_min: a decision needs its `reference`",
    ),
    "override_backwards": (
        "[plans.life]  ",
        'overrides = [{ who = "ben", from = "2026-12-27T00:00", to = "2026-12-24T00:00" }]\n[plans.life]  ',
        "overrides",
        "`from` must be before `to`",
    ),
    "override_with_a_zone": (
        "[plans.life]  ",
        'overrides = [{ who = "ben", from = "2026-12-24T00:00Z", to = "2026-12-27T00:00" }]\n[plans.life]  ',
        "overrides",
        "expected a time on the household's own clock, such as 2026-12-24T08:00",
    ),
    "override_never": (
        "[plans.life]  ",
        'overrides = [{ who = "ben", from = "Christmas", to = "2026-12-27T00:00" }]\n[plans.life]  ',
        "overrides",
        "expected a time on the household's own clock, such as 2026-12-24T08:00, not 'Christmas'",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_bad_file_is_refused_with_the_line_and_the_reason(example: str, case: str) -> None:
    old, new, where, said = REFUSALS[case]
    text = changed(example, old, new)

    with pytest.raises(HouseholdError) as raised:
        parse(text)

    assert said in str(raised.value)
    assert raised.value.line == line_of(text, where)
    assert str(raised.value).startswith(f"line {raised.value.line}: ")
    assert "\n" not in str(raised.value)


def test_an_address_must_fit_into_a_responder_s_text(example: str) -> None:
    approved = changed(example, "[rotas.family", 'responders_after_acceptance = ["address"]\n[rotas.family')
    assert parse(approved).consent.on_acceptance == frozenset({"address"})
    long = changed(approved, "Flat 2, 14 Orchard Row", "Flat 2, The Old School House, 14 Upper Orchard Row East")
    with pytest.raises(HouseholdError, match=r"resident\.address: a responder's text has room for 60 characters of it"):
        parse(long)


def test_a_step_for_clinicians_that_never_comes_is_no_trouble(example: str) -> None:
    old = 'fault = { severity = 4, plan = "service"'
    assert parse(changed(example, old, old.replace("service", "clinical"))).alarms["fault"].plan.name == "clinical"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("household = 3\n", "line 1: household: it must be a table"),
        ("\npeople = []\nhousehold = 4\n", "line 2: people: it must be a table"),
        ("", "`schema` is missing"),
    ],
)
def test_what_is_there_and_wrong_comes_before_what_is_missing(text: str, said: str) -> None:
    with pytest.raises(HouseholdError) as raised:
        parse(text)
    assert str(raised.value) == said


def test_a_byte_order_mark_is_no_part_of_the_file(example: str) -> None:
    assert parse("\ufeff" + example).id == parse(example).id


def test_a_missing_table_concerns_the_whole_file(example: str) -> None:
    start, end = example.index("\n[consent]"), example.index("[rotas")

    with pytest.raises(HouseholdError, match=r"^`consent` is missing$") as raised:
        parse(example[:start] + example[end:])
    assert raised.value.line is None


def test_what_is_a_table_must_be_one(example: str) -> None:
    start, end = example.index("[resident]"), example.index("[people.edith]")

    with pytest.raises(HouseholdError, match=r"^line 1: resident: it must be a table$"):
        parse("resident = 3\n" + example[:start] + example[end:])


def test_settings_must_be_a_table(example: str) -> None:
    text = "settings = 3\n" + example[: example.index("[settings]")]

    with pytest.raises(HouseholdError, match=r"^line 1: settings: it must be a table$"):
        parse(text)


def test_an_unfinished_file_says_where_it_ends(example: str) -> None:
    with pytest.raises(HouseholdError, match="this is not TOML"):
        parse(example + "[devices")


def test_some_kind_of_alarm_must_be_named(example: str) -> None:
    start, end = example.index("panic = {"), example.index("[channels.sms]")

    with pytest.raises(HouseholdError, match="at least one kind of alarm must be named") as raised:
        parse(example[:start] + example[end:])
    assert raised.value.line == line_of(example, "[alarms]")


@pytest.mark.parametrize("kind", ["shelly_door", "shelly_button"])
def test_two_devices_that_speak_alike_cannot_have_one_address(example: str, kind: str) -> None:
    text = example + f'[devices.back_door]\nkind = "{kind}"\naddress = "a4:c1:38:10:00:02"\n'

    with pytest.raises(HouseholdError, match="address: this is the address of 'front_door' already") as raised:
        parse(text)
    assert raised.value.line == line_of(text, 'address = "a4:')


def test_the_first_of_several_mistakes_is_told(example: str) -> None:
    text = changed(changed(example, "severity = 10", "severity = 11"), 'role = "resident"', 'role = "resident "')

    with pytest.raises(HouseholdError) as raised:
        parse(text)
    assert raised.value.line == line_of(text, '"resident "')


@pytest.mark.parametrize("text", ["P", "PT", "5M", "P5M", "PT5", "pt5m", "P1Y", "-PT5M", "", " PT5M", "PT1.5M"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration"):
        parse_duration(text)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_every_duration_is_the_sum_of_its_parts(days: int, hours: int, minutes: int, seconds: int) -> None:
    found = parse_duration(f"P{days}DT{hours}H{minutes}M{seconds}S")

    assert found.total_seconds() == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(HouseholdError):
        parse(text)
