"""The kit for one session, for people who would rather have paper: agenda, consent forms, cards, and voting sheets."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from co_design.model import ConsentScope, Workshop
from co_design.model_deciding import Ballot, Method, Option
from co_design.printing.blocks import NEW_PAGE, Block, Shape, heading, items, lines, text, title
from co_design.tally import DOTS
from co_design.view import View

PURPOSES = {
    ConsentScope.HOME: "My words may be used in my own home, to change how the system treats me.",
    ConsentScope.PROJECT: "My words may also be shown, under a made-up name, to the people of this project.",
    ConsentScope.PUBLIC: "My words may also be printed, under a made-up name, where anybody can read them.",
}
FEELINGS = ("safe", "glad", "annoyed", "afraid", "something else:")
CARDS = 2
MARKS = {"# ": Shape.TITLE, "[ ]": Shape.TICK, "___": Shape.LINE}
HOW = {
    Method.CONSENT: ("I agree", "I can live with it", "I object, because:"),
    Method.RANKING: ("My place for it (1 is best):",),
    Method.DOTS: (f"How many of my {DOTS} dots:",),
}


def kit(view: View, session: Workshop, forms: Mapping[str, str] = MappingProxyType({})) -> list[Block]:
    """Everything to print for a session. `forms` are those that were decided on instead of the shipped ones."""
    consent = _decided(forms["consent-form"]) if "consent-form" in forms else list(_consent(session))
    card = _decided(forms["card"]) if "card" in forms else list(_card())
    blocks = [*_plan(view, session), NEW_PAGE, *consent, NEW_PAGE, *card]
    for ballot in view.chain.ballots.values():
        if ballot.workshop_id == session.id:
            blocks += [NEW_PAGE, *_voting(view, ballot)]
    return blocks


def _decided(form: str) -> list[Block]:
    """A form as people worded it: a line each; `# ` begins a title, `[ ] ` a box to tick, and `___` is to write on."""
    return [_line(one.strip()) for one in form.splitlines() if one.strip()]


def _line(line: str) -> Block:
    for mark, shape in MARKS.items():
        if line.startswith(mark):
            return Block(shape=shape, text=line.removeprefix(mark).strip())
    return text(line)


def _plan(view: View, session: Workshop) -> Iterator[Block]:
    yield title(session.title)
    yield text(f"{session.held_at:%A %d %B %Y, %H:%M}{f', {session.place}' if session.place else ''}")
    yield heading("What it is for")
    yield text(view.text(session.purpose))
    if session.access:
        yield heading("What is arranged for you")
        yield text(view.text(session.access))
    yield heading("What we do")
    told = (f"{one['prompt']} ({one['minutes']} minutes)" for one in session.agenda)
    yield from items(told)
    yield text("You may leave, or take back what you said, at any time. You do not have to say why.")


def _consent(session: Workshop) -> Iterator[Block]:
    yield title("Your words are yours")
    yield text(f"{session.title}. Tick as many as you like. None at all is an answer too.")
    yield from items(PURPOSES.values(), Shape.TICK)
    yield text("Until (a day):")
    yield from lines(1)
    yield text("The name you want to be known by here:")
    yield from lines(1)
    yield text("What you need, to take part well:")
    yield from lines(2)
    yield text("Signed, and the day:")
    yield from lines(1)


def _card() -> Iterator[Block]:
    for _ in range(CARDS):
        yield heading("Something happened")
        yield text("What, and when?")
        yield from lines(3)
        yield text("It made me feel:")
        yield from items(FEELINGS, Shape.TICK)


def _voting(view: View, ballot: Ballot) -> Iterator[Block]:
    yield title(view.text(ballot.question))
    yield text("Every voice counts once. To object is welcome: it is kept beside the decision.")
    for option in view.chain.options.values():
        if option.ballot_id == ballot.id:
            yield from _option(view, option, ballot.method)


def _option(view: View, option: Option, method: Method) -> Iterator[Block]:
    yield heading(view.text(option.label))
    yield text(f"What would follow: {view.text(option.consequences)}")
    yield from items(HOW[method], Shape.TICK)
    yield from lines(1)
