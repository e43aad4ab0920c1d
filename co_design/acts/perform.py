"""The one door into the record: every way in (a command, a page, a file, paper) ends here."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select

from co_design.acts import changing, deciding, registering, sense, sessions, speaking, withdrawing
from co_design.acts.base import Act, Doing, Payload
from co_design.schema import utterance
from co_design.schema_deciding import act as acts_done
from co_design.words import cited, copied, texts_in
from hub.intents import RefusedError
from hub.store.changes import touch
from hub.store.schema import to_us

TOPIC = "co_design"

ACTS: Mapping[str, Act] = {
    **sessions.ACTS,
    **speaking.ACTS,
    **sense.ACTS,
    **deciding.ACTS,
    **changing.ACTS,
    **registering.ACTS,
    **withdrawing.ACTS,
}
"""Everything that can be done."""


def perform(connection: Connection, name: str, given: Mapping[str, Any], by: str, now: datetime) -> int:
    """Do one act in the current transaction; gives the number of what it made or touched.

    Raises `RefusedError` with the plain reason, having changed nothing.
    """
    act = ACTS.get(name)
    if act is None:
        raise RefusedError(f"there is no act called {name!r}{_perhaps(name)}")
    payload = _read(act, given)
    if not act.own_words:
        _must_not_copy(connection, payload)
    with connection.begin_nested():
        number = act.do(Doing(connection=connection, by=by, now=now), payload)
        done = {"name": name, "subject_id": number, "by": by, "at": to_us(now)}
        connection.execute(insert(acts_done).values(**done))
        touch(connection, TOPIC)
    return number


def _perhaps(name: str) -> str:
    near = get_close_matches(name, ACTS, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def _read(act: Act, given: Mapping[str, Any]) -> Payload:
    try:
        return act.payload.model_validate(given)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors())
        raise RefusedError(f"it could not be read ({'; '.join(problems)}).") from error


def _must_not_copy(connection: Connection, payload: Payload) -> None:
    """Words that are copied into another text could not be taken back from it; they are cited."""
    texts = list(texts_in(payload.model_dump(mode="json")))
    said: dict[int, str] = {}
    if any(len(text.split()) > 2 for text in texts):
        said = {row.id: row.words for row in connection.execute(select(utterance.c.id, utterance.c.words))}
    for text in texts:
        if (number := copied(text, said)) is not None:
            raise RefusedError(f"this repeats what was said; cite it as [u{number}], so that it can be taken back.")
        if missing := cited(text) - said.keys():
            raise RefusedError(f"nothing was said under the number u{min(missing)}.")


def play(
    acts: Iterable[Mapping[str, Any]],
    do: Callable[[str, Mapping[str, Any], Mapping[str, Any]], int],
    known: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, int]:
    """Do acts one after another. `"as": "snooker"` names what an act made; `"$snooker"` means it later on.

    Gives the number of everything that was named. `do` is given the act's name, its contents, and the whole entry;
    `known` holds what is in the record already.
    """
    named = dict(known)
    for entry in acts:
        given = {key: value for key, value in entry.items() if key not in {"act", "as", "at", "by"}}
        number = do(str(entry["act"]), _resolved(given, named), entry)
        if "as" in entry:
            named[str(entry["as"])] = number
    return named


def _resolved(value: Any, named: Mapping[str, int]) -> Any:
    if isinstance(value, str):
        return _resolved_text(value, named)
    if isinstance(value, Mapping):
        return {_resolved(key, named): _resolved(one, named) for key, one in value.items()}
    return [_resolved(one, named) for one in value] if isinstance(value, list) else value


def _resolved_text(text: str, named: Mapping[str, int]) -> Any:
    if text.startswith("$"):
        if text[1:] not in named:
            raise RefusedError(f"{text} is meant before anything was called so.")
        return named[text[1:]]
    for name, number in named.items():
        text = text.replace(f"[${name}]", f"[u{number}]")
    return text
