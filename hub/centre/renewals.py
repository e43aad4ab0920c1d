"""Hubs that ask for a new certificate over their own line: the broker has already made sure who they are."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from hub.centre.authority import Authority
from hub.centre.enrolment import EnrolmentError, renew

LARGEST = 16 * 1024

log = logging.getLogger(__name__)


def grant(engine: Engine, authority: Authority, asked: Mapping[str, bytes], now: datetime) -> dict[str, str]:
    """What each hub is answered, by its name; one that cannot be granted is not answered, and asks again."""
    answers: dict[str, str] = {}
    for hub, payload in asked.items():
        try:
            with engine.begin() as connection:
                renewed = renew(connection, authority, hub, _request(payload), now)
        except EnrolmentError as error:
            log.warning("a hub's request for a new certificate was refused: %s", error)
            continue
        answers[hub] = json.dumps({"certificate": renewed.certificate})
    return answers


def _request(payload: bytes) -> str:
    """The certificate request in what a hub sent. Raises `EnrolmentError`."""
    try:
        return str(json.loads(payload[:LARGEST])["request"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EnrolmentError("it cannot be read") from error
