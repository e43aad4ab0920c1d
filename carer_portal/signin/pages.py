"""The pages to come in by, and one's own account."""

import threading
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from carer_portal import times, wording
from carer_portal import wording_access as words
from carer_portal.model import Viewer
from carer_portal.plain import render
from carer_portal.plain.calls import COOKIE, Call
from carer_portal.queries import home_of, viewers
from carer_portal.signin import accounts, invitations, passwords, sessions, totp
from carer_portal.signin.entry import Entered, Given, enter, sign_in
from carer_portal.signin.invitations import Kind
from hub.model import Role

ONE_AT_A_TIME: Final = threading.Lock()
"""Hashing is hard work, on purpose; and nobody guesses in parallel."""


def signing_in(call: Call) -> Response:
    """`/sign-in`: a name and a password."""
    call.house.home.prepare()
    if not call.posted:
        return _sign_in_page(call, Entered())
    given = Given(
        name=call.form.get("name", ""),
        password=call.form.get("password", ""),
        code=call.form.get("code", ""),
        device=call.device,
    )
    with ONE_AT_A_TIME:
        entered = sign_in(call.house.home, given, call.now)
    if entered.token is None:
        return _sign_in_page(call, entered)
    return _signed_in(call, entered, _inside(call.form.get("next", "/")))


def entering(call: Call) -> Response:
    """`/enter/{token}`: the link that was printed at this computer."""
    with call.house.home.writing() as connection:
        person = invitations.whose(connection, call.path["token"], Kind.ENTER, call.now)
        if person is None:
            return _old_link()
        entered = enter(connection, person, call.device, call.now)
    if entered.token is None:
        return render.message(words.NOT_HERE, entered.why_not, HTTPStatus.FORBIDDEN)
    return _signed_in(call, entered, "/")


def joining(call: Call) -> Response:
    """`/join/{token}`: an invitation. GET uses nothing up, since mail programs look at links before people do."""
    home = call.house.home
    with home.reading() as connection:
        person = invitations.whose(connection, call.path["token"], Kind.JOIN, call.now)
        viewer = viewers(connection).get(person or "")
    if viewer is None:
        return _old_link()
    tablet = viewer.role is Role.RESIDENT
    password = call.form.get("password", "")
    why_not = None if tablet else passwords.refusal(password, call.form.get("again", ""), viewer.key)
    if not call.posted or why_not is not None:
        shown: dict[str, Any] = {"viewer": viewer, "tablet": tablet, "why_not": why_not if call.posted else None}
        return render.page("join.html", w=words, **shown)
    with ONE_AT_A_TIME:
        kept = None if tablet else passwords.hashed(password)
    return _joined(call, viewer, kept)


def _joined(call: Call, viewer: Viewer, kept: str | None) -> Response:
    with call.house.home.writing() as connection:
        if not invitations.use(connection, call.path["token"], call.now):
            return _old_link()
        if viewer.role is not Role.RESIDENT:  # a second tablet does not sign out the first
            sessions.end_all(connection, viewer.key, call.now)
        accounts.save(connection, viewer.key, kept, call.now)
        entered = enter(connection, viewer.key, call.device, call.now)
    return _signed_in(call, entered, "/")


def signing_out(call: Call) -> Response:
    """`/sign-out`: this device, or all of them."""
    if call.session is not None and call.posted:
        with call.house.home.writing() as connection:
            if call.form.get("where") == "everywhere":
                sessions.end_all(connection, call.session.person, call.now)
            else:
                sessions.end(connection, call.token, call.now)
    answer = render.see("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


def account(call: Call) -> Response:
    """`/account`: where one is signed in, the password, the second factor."""
    said = ACTS[call.form.get("act", "")](call) if call.posted and call.form.get("act", "") in ACTS else ""
    return _account_page(call, said)


def _person(call: Call) -> str:
    """Who is signed in: the gate lets nobody else to these pages."""
    return call.session.person if call.session is not None else ""


def _change_password(call: Call) -> str:
    person, password = _person(call), call.form.get("password", "")
    with call.house.home.reading() as connection:
        known = accounts.find(connection, person)
    with ONE_AT_A_TIME:
        if known is None or not passwords.right(known.password_hash, call.form.get("now", "")):
            return words.WRONG
        if (why_not := passwords.refusal(password, call.form.get("again", ""), person)) is not None:
            return why_not
        kept = passwords.hashed(password)
    with call.house.home.writing() as connection:
        accounts.save(connection, person, kept, call.now)
        sessions.end_others(connection, person, call.token, call.now)
    return words.CHANGED


def _offer_second_factor(call: Call) -> str:
    with call.house.home.writing() as connection:
        accounts.offer_second_factor(connection, _person(call))
    return ""


def _confirm_second_factor(call: Call) -> str:
    with call.house.home.writing() as connection:
        known = accounts.find(connection, _person(call))
        right = known is not None and accounts.check_code(connection, known, call.form.get("code", ""), call.now)
    return words.SECOND_FACTOR_ON if right else words.WRONG_CODE


def _stop_second_factor(call: Call) -> str:
    with call.house.home.reading() as connection:
        known = accounts.find(connection, _person(call))
    with ONE_AT_A_TIME:
        if known is None or not passwords.right(known.password_hash, call.form.get("now", "")):
            return words.WRONG
    with call.house.home.writing() as connection:
        accounts.drop_second_factor(connection, known.person)
    return words.SECOND_FACTOR_OFF


ACTS: Final = {
    "password": _change_password,
    "offer": _offer_second_factor,
    "confirm": _confirm_second_factor,
    "stop": _stop_second_factor,
}
"""What the buttons of the account's page do; each gives the sentence that answers."""


def _account_page(call: Call, said: str) -> Response:
    person = _person(call)
    with call.house.home.reading() as connection:
        viewer = viewers(connection).get(person)
        known = accounts.find(connection, person)
        signed_in = sessions.of(connection, person, call.now)
        household = home_of(connection)
    if viewer is None or household is None:
        return render.message(words.NOT_HERE, words.NO_LONGER, HTTPStatus.FORBIDDEN)
    devices = [
        (
            words.SINCE.format(device=one.device, when=times.moment(one.created_at, call.now, household.tz)),
            call.session is not None and one.id == call.session.id,
        )
        for one in signed_in
    ]
    shown: dict[str, Any] = {
        "who": words.SIGNED_IN_AS.format(name=viewer.display, role=wording.ROLES[viewer.role]),
        "devices": devices,
        "account": known,
        "otp_address": totp.address(known.totp_secret, person) if known and known.totp_secret else "",
        "said": said,
        "form_token": call.form_token,
    }
    return render.page("account.html", w=words, **shown)


def _sign_in_page(call: Call, entered: Entered) -> Response:
    status = HTTPStatus.UNAUTHORIZED if entered.why_not else HTTPStatus.OK
    after = _inside(call.form.get("next", call.query.get("next", "/")))
    name = call.form.get("name", "") if entered.needs_code else ""
    return render.page("sign_in.html", status, w=words, entered=entered, after=after, name=name)


def _signed_in(call: Call, entered: Entered, after: str) -> Response:
    answer = render.see(entered.home if after == "/" else after)
    answer.set_cookie(
        COOKIE,
        entered.token or "",
        httponly=True,
        samesite="lax",
        secure=call.secure,
        max_age=entered.lasts_s,
        path="/",
    )
    return answer


def _inside(path: str) -> str:
    r"""Where to go afterwards: only to a page of ours.

    >>> _inside("/me"), _inside("//evil.example"), _inside("https://evil.example"), _inside("/\\evil.example")
    ('/me', '/', '/', '/')
    """
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


def _old_link() -> Response:
    return render.message(
        words.OLD_LINK, words.OLD_LINK_HELP, HTTPStatus.NOT_FOUND, link="/sign-in", link_text=words.SIGN_IN
    )
