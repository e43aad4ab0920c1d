"""A record that a test fills, act by act."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from co_design.acts.perform import perform
from co_design.chain import Chain, load
from co_design.example.history import asked
from co_design.model import ConsentScope
from co_design.orphans import Orphan, orphans
from co_design.words import Reader
from tests.carer_portal.home import MadeHome

SILENCE = "inactivity.longest_silence_min"
SNOOKER = "It kept asking me while I was watching the snooker."


def in_haste(connection: sqlite3.Connection, _record: object) -> None:
    """Nothing here has to outlive a power cut."""
    connection.execute("PRAGMA synchronous = OFF")


@dataclass(slots=True)
class Record:
    """The co-design record of a made home; time stands still until it is moved."""

    home: MadeHome
    people: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.home.now

    def passes(self, days: float) -> None:
        self.home.now += timedelta(days=days)

    def does(self, act: str, /, **given: Any) -> int:
        """One act, as the facilitator."""
        with self.home.writing() as connection:
            return perform(connection, act, given, "fay", self.now)

    def enrols(self, pseudonym: str, role: str, **more: Any) -> int:
        self.people[pseudonym] = self.does("enrol", pseudonym=pseudonym, role=role, **more)
        return self.people[pseudonym]

    def says(self, pseudonym: str, words: str, **more: Any) -> int:
        return self.does("utter", participant=self.people[pseudonym], words=words, **more)

    def asks(self, days_ago: float, **label_of: str) -> int:
        """The system asks the resident."""
        with self.home.writing() as connection:
            return asked(connection, {"label": label_of} if label_of else {}, self.now - timedelta(days=days_ago))

    def chain(self) -> Chain:
        with self.home.writing() as connection:
            return load(connection)

    def orphans(self) -> list[Orphan]:
        return orphans(self.chain(), self.now)

    def reader(self, audience: ConsentScope = ConsentScope.HOME) -> Reader:
        return Reader(audience=audience, now=self.now)

    def an_idea(self, *utterances: int) -> int:
        """From what was said, by way of a theme and a need."""
        theme = self.does("theme", name=f"Theme {utterances}", meaning="What they share.")
        for one in utterances:
            self.does("code", utterance=one, theme=theme, coder="fay")
        need = self.does("need", statement="To be left in peace.", themes=[theme])
        return self.does("idea", statement="Wait longer.", needs=[need])

    def a_ballot(self, *ideas: int, values: tuple[float, ...] = (240.0, 300.0)) -> tuple[int, list[int]]:
        ballot = self.does("ballot", question="How long?", ideas=list(ideas), setting=SILENCE)
        options = [
            self.does("option", ballot=ballot, label=f"{value:g} minutes", consequences="Less often.", value=value)
            for value in values
        ]
        return ballot, options

    def agree(self, ballot: int, options: list[int], *pseudonyms: str) -> None:
        for one in pseudonyms:
            choices = dict.fromkeys(options, "agree")
            self.does("vote", ballot=ballot, participant=self.people[one], choices=choices)

    def a_change(self) -> tuple[int, int]:
        """From a sentence to a changed setting: the decision's number and the change's."""
        self.enrols("Heron", "resident", person="margaret", consent_scope="public")
        said = self.says("Heron", SNOOKER, about=[{"kind": "setting", "key": SILENCE}])
        ballot, options = self.a_ballot(self.an_idea(said))
        self.agree(ballot, options, "Heron")
        decision = self.does("decide", option=options[1], reasons=f"Asked for in [u{said}].", participation="consult")
        return decision, self.does("change", decision=decision)
