"""The shape of home.toml's channels: what stands behind each way to reach people."""

from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from hub.household.values import ClockTime, Duration, Table, Text


class ReplyCodeTable(Table):
    """The code in a text that says which alarm an answer is about."""

    digits: Literal[2] = 2
    reuse_after: Duration = timedelta(days=7)


class SmsTable(Table):
    """How texts are sent, retried and given up on."""

    primary: Text = "console"
    fallback: Text | None = None
    accept_by: Duration = timedelta(seconds=10)
    delivered_by: Duration = timedelta(seconds=45)
    when_late: Literal["send_by_fallback"] = "send_by_fallback"
    retry: tuple[Duration, ...] = (timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=9))
    validity: Duration = timedelta(minutes=5)
    reply_code: ReplyCodeTable = ReplyCodeTable()
    portal: Annotated[Text, Field(pattern=r"^(https://|http://127\.0\.0\.1:)[^\s?#]+$")] | None = None


class VoiceTable(Table):
    """How people are rung. A call counts as answered by a key press only: a voicemail presses none."""

    primary: Literal["none", "console", "twilio"] = "none"
    ring: Annotated[Duration, Field(ge=timedelta(seconds=5), le=timedelta(seconds=60))] = timedelta(seconds=25)
    accept: Literal["keypress"] = "keypress"


class ModemTable(Table):
    """The mobile modem: on which serial port, best by its name under /dev/serial/by-id/."""

    port: Text | None = None
    baud: Annotated[StrictInt, Field(ge=1200, le=4_000_000)] = 115_200


class SpeakerTable(Table):
    """What speaks to the resident: `espeak`, or the console where there is no loudspeaker."""

    primary: Literal["console", "espeak"] = "console"
    language: Text = "en-gb"
    words_per_minute: Annotated[StrictInt, Field(ge=80, le=260)] = 140
    device: Text | None = None


class PushTable(Table):
    """Which ntfy server takes pushes, and what a tap on one opens."""

    primary: Literal["none", "ntfy"] = "none"
    server: Annotated[Text, Field(pattern=r"^https?://[^\s/]+$")] = "https://ntfy.sh"
    click: Annotated[Text, Field(pattern=r"^https?://\S+$")] | None = None


class TwilioTable(Table):
    """Where Twilio reaches this hub, if it does, and on which port that arrives. Its secrets are not for this file."""

    public_url: Annotated[Text, Field(pattern=r"^(https://|http://127\.0\.0\.1:)[^\s?#]*[^\s?#/]$")] | None = None
    port: Annotated[StrictInt, Field(ge=1024, le=65535)] = 8480


class CanaryTable(Table):
    """A text that goes out now and then and is to be answered, so that a dead path is found before it is needed."""

    to: Text
    every_days: Annotated[StrictInt, Field(ge=1, le=31)] = 7
    at: ClockTime = time(11)
    answer_within: Annotated[Duration, Field(ge=timedelta(minutes=5), le=timedelta(days=3))] = timedelta(hours=6)


class ChannelsTable(Table):
    """What stands behind the channels."""

    sms: SmsTable = SmsTable()
    voice: VoiceTable = VoiceTable()
    gsm_modem: ModemTable = ModemTable()
    speaker: SpeakerTable = SpeakerTable()
    push: PushTable = PushTable()
    twilio: TwilioTable = TwilioTable()
