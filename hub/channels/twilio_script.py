"""What is said in a call, as TwiML. Pure.

Only a key that somebody presses answers a call: a voicemail listens patiently and presses none.
"""

from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

from hub.escalation import wording

LANGUAGE = "en-GB"
KEY_WITHIN_S = 8
"""So long is waited for a key after the last word."""

NOTHING = str(VoiceResponse())
"""The answer to a report that needs none."""


def call(text: str, action: str | None) -> str:
    """Says the text twice; a key is asked for where there is somewhere to report it to."""
    response = VoiceResponse()
    if action is None:
        _twice(response, text)
    else:
        _twice(_keys(response, action), text)
        response.say(wording.CALL_NO_KEY, language=LANGUAGE)
    response.hangup()
    return str(response)


def heard(sentence: str) -> str:
    """Thanks for a key that was understood, and ends the call."""
    return _last(sentence)


def unclear(action: str) -> str:
    """Asks again after a key that means nothing."""
    response = VoiceResponse()
    _keys(response, action).say(wording.CALL_UNCLEAR, language=LANGUAGE)
    response.say(wording.CALL_NO_KEY, language=LANGUAGE)
    response.hangup()
    return str(response)


def trouble() -> str:
    """Says that an answer could not be noted."""
    return _last(wording.CALL_TROUBLE)


def _keys(response: VoiceResponse, action: str) -> Gather:
    return response.gather(input="dtmf", num_digits=1, timeout=KEY_WITHIN_S, action=action, method="POST")


def _twice(verb: VoiceResponse, text: str) -> None:
    verb.say(text, language=LANGUAGE)
    verb.pause(length=1)
    verb.say(text, language=LANGUAGE)


def _last(words: str) -> str:
    response = VoiceResponse()
    response.say(words, language=LANGUAGE)
    response.hangup()
    return str(response)
