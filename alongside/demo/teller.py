"""Tells the story on the terminal: what people do, what the hub notices, and the words that go back and forth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alongside.demo.witness import Heard, News, Sent, Turn
from hub.model import AlarmState

ALOUD = frozenset({"console", "speaker"})

STATES = {
    AlarmState.CHECKIN: "asks first",
    AlarmState.ESCALATING: "calls for help",
    AlarmState.ACKNOWLEDGED: "knows that {by} is on the way",
    AlarmState.ATTENDING: "knows that {by} is there",
    AlarmState.EXHAUSTED: "has reached nobody, and goes on trying",
    AlarmState.RESOLVED: "was told by {by} that it is over",
    AlarmState.CANCELLED: "was told that all is well",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the story: a mark, a style, and the words."""

    mark: str
    style: str
    words: str


def line_of(news: News, names: Mapping[str, str]) -> Line:
    """A piece of news in words."""
    match news:
        case Turn():
            return Line(mark="hub", style="bold yellow", words=_turn(news, names))
        case Sent() if news.channel in ALOUD:
            return Line(mark="says", style="cyan", words=f"to {_name(news.person, names)}: “{news.text}”")
        case Sent():
            return Line(mark=news.channel, style="green", words=f"to {_name(news.person, names)}: “{news.text}”")
        case Heard():
            return Line(mark="reply", style="green", words=f"from {_name(news.person, names)}: “{news.text}”")


def _turn(turn: Turn, names: Mapping[str, str]) -> str:
    said = STATES[AlarmState(turn.state)].format(by=_name(turn.by or "somebody", names))
    return f"{said}: {turn.because}" if turn.state == AlarmState.CHECKIN else said


def _name(person: str, names: Mapping[str, str]) -> str:
    return names.get(person, person)


class Teller:
    """Writes the story to a console, in the household's own time."""

    def __init__(self, console: Console, tz: tzinfo, names: Mapping[str, str]) -> None:
        self._console = console
        self._tz = tz
        self._names = names

    def note(self, words: str) -> None:
        """Say something outside the story."""
        self._console.print(Text(words), soft_wrap=True)

    def title(self, title: str) -> None:
        """Begin a scene."""
        self._console.print()
        self._console.print(Text(title, style="bold underline"))

    def tell(self, at: datetime, words: str) -> None:
        """What happens in the home."""
        self._print(at, Line(mark="", style="", words=words))

    def news(self, news: News) -> None:
        """What the hub did."""
        self._print(news.at, line_of(news, self._names))

    def _print(self, at: datetime, line: Line) -> None:
        row = Table.grid(padding=(0, 1))
        row.add_column(width=8)
        row.add_column(width=5)
        row.add_column()
        clock = Text(f"{at.astimezone(self._tz):%H:%M:%S}", style="dim")
        row.add_row(clock, Text(line.mark, style=line.style), Text(line.words, style=line.style))
        self._console.print(Padding(row, (0, 0, 0, 2), expand=False))
