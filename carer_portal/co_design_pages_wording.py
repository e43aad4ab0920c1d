"""Every sentence of the pages about what people said and what came of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from carer_portal.catalogue import _
from co_design.model import EffectKind, Medium
from co_design.model_deciding import Stance

CAME: Final = _("What we said")
CAME_TITLE: Final = _("What we said, what came of it")
NOTHING_YET: Final = _(
    "Nothing has been decided together yet. What is said about an alarm, or on this page, is where it begins."
)
YOU_SAID: Final = _("People said")
WE_DECIDED: Final = _("We decided: {chosen}")
BECAUSE: Final = _("Why: {reasons}")
BY_RIGHT: Final = _("Who decides: {right}.")
OTHERWISE: Final = _("Who thought otherwise")
NOBODY_OTHERWISE: Final = _("Nobody thought otherwise, or nobody said why.")
WE_DID: Final = _("We did: {setting} has been {value} since {when}.")
WE_UNDID: Final = _("Since {when} it is again as before, because {because}")
NO_CHANGE: Final = _("Nothing was changed: {because}")
IT_DID: Final = _("It did")
EFFECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        EffectKind.NOT_YET: _("It is too early to tell."),
        EffectKind.BETTER: _("It got better."),
        EffectKind.NO_DIFFERENCE: _("It made no difference that could be measured."),
        EffectKind.WORSE: _("Something got worse."),
    }
)
TAKEN_BACK: Final = _("Some of what this rests on was taken back.")
TOLD: Final = _("What people were told, and what they answered")
AGREES: Final[Mapping[bool | None, str]] = MappingProxyType(
    {True: _("agrees"), False: _("does not agree"), None: _("has not answered yet")}
)
REPLY: Final = _("{who} was told: {told} ({agrees}{answer})")
YOUR_ANSWER: Final = _("You were told: {told} Do you agree?")
YES: Final = _("Yes")
NO: Final = _("No")
WHY: Final = _("Why, if you like")
SEND: Final = _("Send")
YOUR_WORDS: Final = _("What you said")
NOT_SPOKEN: Final = _("Nothing of yours is in the record.")
TAKE_BACK: Final = _("Take this back")
WITHDRAW: Final = _("Take everything back")
WITHDRAW_HELP: Final = _(
    "Everything you said is erased from the record, and nothing more is kept of you. You need not say why."
)
WITHDRAW_SURE: Final = _("Yes, take everything back")
SAY: Final = _("Say something about the system")
SAY_HELP: Final = _("It is kept under a made-up name, and stays in this home unless you say otherwise.")
THANKS: Final = _("Thank you")
THANKS_HELP: Final = _("These people's words changed something: {names}.")

WORKBENCH: Final = _("Co-design")
WORKBENCH_TITLE: Final = _("Co-design: boards, sessions, registers")
BOARD: Final = _("Board or register")
NOTHING_ON_IT: Final = _("Nothing is on it yet.")
TRACE: Final = _("Who wanted it so, who did not, did it help?")
TRACE_HELP: Final = _("A setting's key, an alarm's number, or an utterance's number as u12")
CHECK: Final = _("Loose ends")
NO_ORPHANS: Final = _("No loose ends.")
TAKE_DOWN: Final = _("Take down what somebody says")
WHO: Final = _("Who speaks")
WORDS: Final = _("Their words")
VERBATIM: Final = _("In their own words (not a note of them)")
MEDIUM: Final = _("How it reached us")
SESSION: Final = _("Session")
NO_SESSION: Final = _("none")
MEDIA: Final[Mapping[str, str]] = MappingProxyType({one: _(one.value) for one in Medium})
MAKE_SENSE: Final = _("Find a theme in it")
UTTERANCE: Final = _("What was said")
THEME: Final = _("Theme")
CODER: Final = _("Coder")
VOTE: Final = _("Hear a voice")
QUESTION: Final = _("Question")
STANCES: Final[Mapping[str, str]] = MappingProxyType(
    {Stance.AGREE: _("agrees"), Stance.STAND_ASIDE: _("can live with it"), Stance.OBJECT: _("objects")}
)
NO_QUESTION: Final = _("No question is open for consent.")
ON_OUR_PAST: Final = _("Try the options on our own last three months")
PAST: Final = _("What would have been, had nobody answered")
PAST_HEADS: Final = (
    _("Option"),
    _("Alarms"),
    _("Would not have come"),
    _("of these called wrong"),
    _("New"),
    _("Minutes later"),
    _("Messages at night"),
)
ANY_ACT: Final = _("Write anything else in the record")
ANY_ACT_HELP: Final = _("An act as JSON, such as {example}; docs/co-design.md lists them.")
ACT_EXAMPLE: Final = '{"act": "theme", "name": "Interrupted", "meaning": "Asked when nothing is wrong."}'
NOT_JSON: Final = _("This is not one act as JSON: {why}")
