import io
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from alongside.demo.teller import STATES, Teller
from alongside.demo.witness import Heard, News, Sent, Turn
from hub.model import AlarmState
from tests.alongside.record import at

NAMES = {"rose": "Rose", "nadia": "Nadia"}
WHY = "The bathroom fall radar reported a fall at 10:00."


def told(news: News) -> str:
    out = io.StringIO()
    Teller(Console(file=out, width=200), ZoneInfo("Europe/Paris"), NAMES).news(news)
    return " ".join(out.getvalue().split())


def turn(state: AlarmState, by: str | None = None) -> Turn:
    return Turn(at=at(0), alarm_id=1, kind="fall", state=state, by=by, because=WHY)


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (turn(AlarmState.CHECKIN), f"10:00:00 hub asks first: {WHY}"),
        (turn(AlarmState.ESCALATING), "10:00:00 hub calls for help"),
        (turn(AlarmState.ACKNOWLEDGED, "nadia"), "10:00:00 hub knows that Nadia is on the way"),
        (turn(AlarmState.RESOLVED, "nadia"), "10:00:00 hub was told by Nadia that it is over"),
        (turn(AlarmState.RESOLVED), "10:00:00 hub was told by somebody that it is over"),
        (
            Sent(at=at(60), kind="fall", person="rose", channel="speaker", text="Are you all right?"),
            "10:01:00 says to Rose: “Are you all right?”",
        ),
        (
            Sent(at=at(60), kind="fall", person="nadia", channel="sms", text="Ref [AB1]"),
            "10:01:00 sms to Nadia: “Ref [AB1]”",
        ),
        (Heard(at=at(120), person="nadia", text="1"), "10:02:00 reply from Nadia: “1”"),
    ],
)
def test_news_in_words(news: News, line: str) -> None:
    assert told(news) == line


def test_every_state_has_its_words() -> None:
    assert set(STATES) == set(AlarmState)


def test_a_story_has_scenes_and_notes() -> None:
    out = io.StringIO()
    teller = Teller(Console(file=out, width=80), ZoneInfo("Europe/London"), NAMES)
    teller.title("A fall")
    teller.tell(at(0), "A thud in the bathroom.")
    teller.note("The portal is at http://127.0.0.1:8501/.")
    words = out.getvalue().split("\n")
    assert words[1] == "A fall"
    assert words[2].split() == ["09:00:00", "A", "thud", "in", "the", "bathroom."]
    assert words[3] == "The portal is at http://127.0.0.1:8501/."
