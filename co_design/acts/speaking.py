"""Taking down what people say, and what they bring with it."""

import base64
import binascii
import hashlib
from datetime import datetime

from pydantic import Field
from sqlalchemy import select

from co_design.acts.base import Act, Doing, Moment, Name, Payload, Text, add, alter, needed, put
from co_design.acts.sessions import still_here
from co_design.model import ConsentScope, LinkKind, Medium
from co_design.schema import attachment, participant, utterance, utterance_link, workshop
from hub.intents import RefusedError

LARGEST = 8 * 1024 * 1024
"""Bytes of one photo: a page photographed by a phone has three or four million."""


class About(Payload):
    """What in the living system something was said about; `version` is a setting's."""

    kind: LinkKind
    key: Name
    version: int = Field(default=0, ge=0)


class Utter(Payload):
    """What somebody said, in their own words (`verbatim`) or as somebody noted it."""

    participant: int
    words: Text
    medium: Medium = Medium.SPOKEN
    verbatim: bool = True
    language: Name = "en"
    consent_scope: ConsentScope | None = None
    workshop: int | None = None
    spoken_at: Moment | None = None
    source: Name | None = None
    about: tuple[About, ...] = ()


class Correct(Payload):
    """The words were taken down wrongly."""

    utterance: int
    words: Text


class Attach(Payload):
    """A photo or a scanned sheet, in base64."""

    utterance: int
    name: Name
    media_type: Name
    content: str


def utter(doing: Doing, given: Utter) -> int:
    """Take down an utterance. What has a source and was taken down before is not taken down twice."""
    still_here(doing, given.participant)
    if given.workshop is not None:
        needed(doing, workshop, given.workshop)
    known = select(utterance.c.id).where(utterance.c.source == given.source)
    if given.source is not None and (number := doing.connection.execute(known).scalar()) is not None:
        return int(number)
    return say(doing, given)


def say(doing: Doing, given: Utter) -> int:
    """Write an utterance and what it is about."""
    speaker = needed(doing, participant, given.participant)
    number = add(
        doing,
        utterance,
        participant_id=given.participant,
        at=given.spoken_at or doing.now,
        medium=given.medium,
        language=given.language,
        words=given.words,
        verbatim=given.verbatim,
        consent_scope=given.consent_scope or speaker.consent_scope,
        workshop_id=given.workshop,
        source=given.source,
    )
    rows = ({"utterance_id": number, **one.model_dump()} for one in given.about)
    put(doing, utterance_link, *rows)
    return number


def correct(doing: Doing, given: Correct) -> int:
    """Put the words right. What was taken back stays taken back."""
    if needed(doing, utterance, given.utterance).redacted_at is not None:
        raise RefusedError("these words were taken back; they cannot be written again.")
    return alter(doing, utterance, given.utterance, words=given.words)


def attach(doing: Doing, given: Attach) -> int:
    """Keep a photo with an utterance."""
    if needed(doing, utterance, given.utterance).redacted_at is not None:
        raise RefusedError("these words were taken back; nothing more is kept with them.")
    return keep(doing, given, doing.now)


def keep(doing: Doing, given: Attach, at: datetime) -> int:
    """Write the content of an attachment. Raises `RefusedError` where it is too large or unreadable."""
    try:
        content = base64.b64decode(given.content, validate=True)
    except binascii.Error as error:
        raise RefusedError(f"{given.name} is not readable base64.") from error
    if len(content) > LARGEST:
        raise RefusedError(f"{given.name} is larger than {LARGEST // 1024 // 1024} MB; make the photo smaller.")
    values = given.model_dump(exclude={"utterance", "content"})
    digest = hashlib.sha256(content).hexdigest()
    return add(doing, attachment, utterance_id=given.utterance, sha256=digest, content=content, at=at, **values)


ACTS = {
    "utter": Act(payload=Utter, do=utter, own_words=True),
    "correct": Act(payload=Correct, do=correct, own_words=True),
    "attach": Act(payload=Attach, do=attach, own_words=True),
}
