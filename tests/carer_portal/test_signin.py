"""Coming in: what lets somebody in, what does not, and what nobody else can do in their place."""

from datetime import timedelta

import httpx
import pytest

from carer_portal import wording_access as words
from carer_portal.plain.calls import COOKIE, LONGEST_BODY
from carer_portal.signin import accounts, sessions, totp
from carer_portal.signin.invitations import Kind
from hub.model import Role
from tests.carer_portal.doors import PASSWORD, SITE, Browser, Doors, form_of
from tests.carer_portal.home import home_toml

GIVEN = {"name": "priya", "password": PASSWORD}


def sign_in(browser: Browser, **given: str) -> httpx.Response:
    return browser.post("/sign-in", GIVEN | given)


def is_in(browser: Browser) -> bool:
    return browser.get("/").text == "inside"


def test_a_name_and_its_password_let_somebody_in(doors: Doors) -> None:
    doors.has_password("priya")
    browser = doors.browser()
    assert browser.get("/").headers["location"] == "/sign-in"
    answer = browser.post("/sign-in", GIVEN | {"name": " Priya "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert is_in(browser)


def test_over_tls_the_cookie_never_leaves_it(doors: Doors) -> None:
    doors.has_password("priya")
    browser = doors.browser()
    answer = browser.post(f"{SITE.replace('http', 'https')}/sign-in", GIVEN)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "given", [{"password": "wrong"}, {"name": "nobody"}, {"name": "tom"}, {"password": ""}, {"name": ""}]
)
def test_anything_else_does_not_and_says_no_more_than_that(doors: Doors, given: dict[str, str]) -> None:
    doors.has_password("priya")
    browser = doors.browser()
    answer = browser.post("/sign-in", GIVEN | given)
    assert answer.status_code == 401
    assert words.WRONG in answer.text
    assert "set-cookie" not in answer.headers
    assert not is_in(browser)


@pytest.mark.parametrize("name", ["priya", "no-such-name"])
def test_whoever_guesses_is_slowed_down_more_and_more(doors: Doors, name: str) -> None:
    doors.has_password("priya")
    browser, wrong = doors.browser(), {"name": name, "password": "wrong"}
    said = [browser.post("/sign-in", wrong).text for _ in range(6)]
    assert [words.WRONG in one for one in said] == [True] * 5 + [False]
    assert words.LOCKED.format(length="30 seconds") in said[5]
    doors.pass_time(timedelta(seconds=31))
    assert words.WRONG in browser.post("/sign-in", wrong).text
    assert words.LOCKED.format(length="1 minute") in browser.post("/sign-in", wrong).text


def test_while_it_is_locked_the_right_password_does_not_count_and_after_it_all_is_forgotten(doors: Doors) -> None:
    doors.has_password("priya")
    other = doors.signed_in("priya")
    browser = doors.browser()
    for _ in range(5):
        browser.post("/sign-in", GIVEN | {"password": "wrong"})
    assert browser.post("/sign-in", GIVEN).status_code == 401
    assert is_in(other)
    doors.pass_time(timedelta(seconds=31))
    assert browser.post("/sign-in", GIVEN).status_code == 303
    assert words.WRONG in browser.post("/sign-in", GIVEN | {"password": "x"}).text


def test_a_session_that_was_planted_is_not_the_one_that_is_begun(doors: Doors) -> None:
    doors.has_password("priya")
    browser = doors.browser("planted")
    sign_in(browser)
    assert browser.cookies[COOKIE] != "planted"
    assert not is_in(doors.browser("planted"))


def test_a_cookie_that_was_kept_counts_no_longer_after_signing_out(doors: Doors) -> None:
    browser = doors.signed_in("priya")
    kept = browser.cookies[COOKIE]
    form = form_of(browser.get("/account").text)
    answer = browser.post("/sign-out", {"form": form, "where": "here"})
    assert answer.headers["location"] == "/sign-in"
    assert COOKIE not in browser.cookies
    assert not is_in(doors.browser(kept))


def test_somebody_signs_out_everywhere(doors: Doors) -> None:
    phone, tablet, other = doors.signed_in("priya"), doors.signed_in("priya"), doors.signed_in("tom")
    form = form_of(phone.get("/account").text)
    phone.post("/sign-out", {"form": form, "where": "everywhere"})
    assert (is_in(tablet), is_in(other)) == (False, True)


@pytest.mark.parametrize(
    ("role", "days", "inside"),
    [(Role.FAMILY, 29, True), (Role.FAMILY, 31, False), (Role.CLINICIAN, 0.6, False), (Role.RESIDENT, 399, True)],
)
def test_a_session_lasts_as_long_as_it_should(doors: Doors, role: Role, days: float, inside: bool) -> None:
    browser = doors.signed_in("priya", role)
    doors.pass_time(timedelta(days=days))
    assert is_in(browser) is inside


def test_an_invitation_lets_somebody_choose_a_password_once(doors: Doors) -> None:
    path = f"/join/{doors.invited('priya')}"
    browser = doors.browser()
    for _ in range(2):  # a mail program looks at the link first
        assert words.WELCOME.format(name="Priya") in browser.get(path).text
    answer = browser.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303
    assert is_in(browser)
    assert doors.browser().get(path).status_code == 404
    late = doors.browser().post(path, {"password": PASSWORD, "again": PASSWORD})
    assert words.OLD_LINK in late.text
    assert doors.browser().post("/sign-in", GIVEN).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", words.PASSWORD_SHORT.format(n=10)),
        (PASSWORD, "another one that differs", words.PASSWORDS_DIFFER),
        ("priya12345", "priya12345", words.PASSWORD_EASY),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", words.PASSWORD_EASY),
        ("x" * 201, "x" * 201, words.PASSWORD_SHORT.format(n=10)),
    ],
)
def test_a_password_that_is_easy_is_refused_and_the_invitation_still_counts(
    doors: Doors, password: str, again: str, said: str
) -> None:
    path = f"/join/{doors.invited('priya')}"
    answer = doors.browser().post(path, {"password": password, "again": again})
    assert said in answer.text
    assert doors.browser().get(path).status_code == 200


def test_the_resident_s_tablet_needs_no_password(doors: Doors) -> None:
    path = f"/join/{doors.invited('margaret')}"
    tablet = doors.browser()
    assert words.JOIN_TABLET_DO in tablet.get(path).text
    assert tablet.post(path, {}).status_code == 303
    assert is_in(tablet)
    assert sign_in(doors.browser(), name="margaret", password="").status_code == 401


@pytest.mark.parametrize("kind", list(Kind))
def test_an_old_link_and_an_invented_one_are_worth_the_same(doors: Doors, kind: Kind) -> None:
    old = doors.invited("priya", kind)
    newer = doors.invited("priya", kind)
    assert doors.browser().get(f"/{kind}/{old}").status_code == 404
    doors.pass_time(timedelta(days=8))
    for token in (newer, "invented"):
        answer = doors.browser().get(f"/{kind}/{token}")
        assert answer.status_code == 404
        assert words.OLD_LINK in answer.text


def test_whoever_has_left_the_household_cannot_come_in_again(doors: Doors) -> None:
    doors.has_password("tom")
    token = doors.invited("tom", Kind.ENTER)
    without = home_toml().replace(
        '[people.tom]\nname = "Tom"\nrole = "family"\n', '[people.eve]\nname = "Eve"\nrole = "family"\n'
    )
    doors.home.set_up(without)
    answer = doors.browser().post("/sign-in", GIVEN | {"name": "tom"})
    assert words.NO_LONGER in answer.text
    assert doors.browser().get(f"/enter/{token}").status_code == 403
    assert words.NO_LONGER in doors.signed_in("tom").get("/account").text


FROM_ELSEWHERE = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_no_other_site_can_send_a_form(doors: Doors, headers: dict[str, str]) -> None:
    doors.has_password("priya")
    for browser, path, fields in (
        (doors.browser(), "/sign-in", GIVEN),
        (doors.signed_in("priya"), "/sign-out", {"where": "everywhere"}),
        (doors.browser(), f"/join/{doors.invited('tom')}", {"password": PASSWORD, "again": PASSWORD}),
    ):
        assert browser.post(path, fields, headers).status_code == 403
    assert doors.browser().post("/sign-in", GIVEN, {"Origin": SITE}).status_code == 303


@pytest.mark.parametrize("form", [None, "", "0" * 64])
def test_a_form_of_somebody_signed_in_carries_their_session_s_own_token(doors: Doors, form: str | None) -> None:
    browser = doors.signed_in("priya")
    fields = {"where": "everywhere"} | ({} if form is None else {"form": form})
    assert browser.post("/sign-out", fields).status_code == 403
    others = form_of(doors.signed_in("tom").get("/account").text)
    assert browser.post("/sign-out", {"where": "here", "form": others}).status_code == 403
    assert is_in(browser)


@pytest.mark.parametrize(
    "path", ["/days?since=1", "/account", "/portal/changes", "/_stcore/host-config", "/static/x.js"]
)
def test_nothing_is_behind_the_gate_for_strangers(doors: Doors, path: str) -> None:
    browser = doors.browser()
    assert browser.get(path).status_code == 303
    assert browser.get(path, accept="application/json").status_code == 401
    assert browser.get("/days?since=1").headers["location"] == "/sign-in?next=/days%3Fsince%3D1"


def test_a_stranger_s_socket_is_not_opened_and_another_site_opens_none(doors: Doors) -> None:
    assert not doors.browser().may_open_socket(origin=SITE)
    assert not doors.browser("forged").may_open_socket(origin=SITE)
    priya = doors.signed_in("priya")
    assert priya.may_open_socket(origin=SITE)
    assert not priya.may_open_socket(origin="https://evil.example")
    assert not priya.may_open_socket()


@pytest.mark.parametrize("after", ["//evil.example/", "https://evil.example/", "/\\evil.example", "days", "/a\nb"])
def test_signing_in_leads_nowhere_else(doors: Doors, after: str) -> None:
    doors.has_password("priya")
    answer = doors.browser().post("/sign-in", GIVEN | {"next": after})
    assert answer.headers["location"] == "/"
    there = doors.browser().post("/sign-in", GIVEN | {"next": "/days?since=1"})
    assert there.headers["location"] == "/days?since=1"


def test_a_form_that_is_too_long_or_no_text_is_refused(doors: Doors) -> None:
    for body in (b"name=" + b"x" * LONGEST_BODY, b"name=\xff\xfe", b"&".join(b"a=1" for _ in range(200))):
        assert doors.browser().post("/sign-in", body).status_code == 413


def test_script_in_what_is_typed_is_shown_as_text(doors: Doors) -> None:
    attack = '"><script>alert(1)</script>'
    answer = doors.browser().get("/sign-in", next=f"/{attack}")
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_new_password_signs_out_every_other_device(doors: Doors) -> None:
    doors.has_password("priya")
    here, there = doors.signed_in("priya"), doors.signed_in("priya")
    form = form_of(here.get("/account").text)
    new = {
        "form": form,
        "act": "password",
        "now": PASSWORD,
        "password": "window kettle apple",
        "again": "window kettle apple",
    }
    assert words.WRONG in here.post("/account", new | {"now": "x"}).text
    assert words.PASSWORDS_DIFFER in here.post("/account", new | {"again": "x"}).text
    assert words.CHANGED in here.post("/account", new).text
    assert (is_in(here), is_in(there)) == (True, False)
    assert doors.browser().post("/sign-in", GIVEN).status_code == 401


def test_a_second_factor_is_set_up_asked_for_and_counts_once(doors: Doors) -> None:
    doors.has_password("priya")
    here = doors.signed_in("priya")
    form = {"form": form_of(here.get("/account").text)}
    here.post("/account", form | {"act": "offer"})
    assert doors.browser().post("/sign-in", GIVEN).status_code == 303, "not confirmed yet"
    with doors.home.writing() as connection:
        known = accounts.find(connection, "priya")
    assert known is not None
    assert known.totp_secret is not None
    assert known.totp_secret in here.get("/account").text
    code = totp.code(known.totp_secret, totp.step_of(doors.clock.now()))
    wrong = "000000" if code != "000000" else "000001"
    assert words.WRONG_CODE in here.post("/account", form | {"act": "confirm", "code": wrong}).text
    assert words.SECOND_FACTOR_ON in here.post("/account", form | {"act": "confirm", "code": code}).text

    browser = doors.browser()
    assert words.NEEDS_CODE in browser.post("/sign-in", GIVEN).text
    used = browser.post("/sign-in", GIVEN | {"code": code})
    assert words.WRONG_CODE in used.text
    doors.pass_time(timedelta(seconds=30))
    code = totp.code(known.totp_secret, totp.step_of(doors.clock.now()))
    assert browser.post("/sign-in", GIVEN | {"code": code}).status_code == 303

    assert words.WRONG in here.post("/account", form | {"act": "stop", "now": "x"}).text
    assert words.SECOND_FACTOR_OFF in here.post("/account", form | {"act": "stop", "now": PASSWORD}).text
    assert doors.browser().post("/sign-in", GIVEN).status_code == 303


def test_without_an_offer_no_code_confirms_anything(doors: Doors) -> None:
    doors.has_password("priya")
    here = doors.signed_in("priya")
    form = form_of(here.get("/account").text)
    answer = here.post("/account", {"form": form, "act": "confirm", "code": "123456"})
    assert words.WRONG_CODE in answer.text


def test_neither_secrets_nor_passwords_are_kept(doors: Doors) -> None:
    browser = doors.browser()
    invited = doors.invited("priya")
    browser.post(f"/join/{invited}", {"password": PASSWORD, "again": PASSWORD})
    kept = doors.home.path.read_bytes() + doors.home.path.with_name(doors.home.path.name + "-wal").read_bytes()
    for secret in (PASSWORD, invited, browser.cookies[COOKIE]):
        assert secret.encode() not in kept


def test_before_the_hub_ever_ran_signing_in_says_so(doors: Doors) -> None:
    doors.home.path.unlink()
    doors.house.home._prepared = False
    assert doors.browser().post("/sign-in", GIVEN).status_code == 503
    assert not is_in(doors.browser("some token"))


def test_the_account_says_where_somebody_is_signed_in(doors: Doors) -> None:
    here = doors.signed_in("priya")
    doors.signed_in("priya")
    said = here.get("/account").text
    assert said.count("Firefox on Linux, since 09:00") == 2
    assert said.count(words.THIS_ONE) == 1


def test_sessions_are_found_by_their_secret_alone(doors: Doors) -> None:
    with doors.home.writing() as connection:
        assert sessions.find(connection, "", doors.clock.now()) is None
        assert sessions.of(connection, "priya", doors.clock.now()) == []
