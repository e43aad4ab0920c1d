"""Counting voices: each once, each role by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from co_design.model import Participant
from co_design.model_deciding import Method, Option, Stance, Tallies, Vote

DOTS = 3
"""How many dots each person has."""
WEIGHTLESS = "every voice counts once: a weight is refused. Look at the tallies of each role instead."


def tallied(options: Iterable[Option], votes: Iterable[Vote], people: Mapping[int, Participant]) -> Tallies:
    """By option (its number) and role, how many said what."""
    counts: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in votes:
        counts[one.option_id][people[one.participant_id].role][one.choice] += 1
    return {
        str(option.id): {role: dict(said) for role, said in sorted(counts[option.id].items())} for option in options
    }


def unfit(method: Method, choices: Mapping[int, str], options: Sequence[int]) -> str | None:
    """Why these choices are no vote of this kind; None where they are."""
    if strange := set(choices) - set(options):
        return f"option {min(strange)} is not among the options of this question."
    return _UNFIT[method](list(choices.values()), len(options))


def _no_consent(said: list[str], _options: int) -> str | None:
    allowed = [stance.value for stance in Stance]
    return None if set(said) <= set(allowed) else f"in consent voting people say one of: {', '.join(allowed)}."


def _no_ranking(said: list[str], options: int) -> str | None:
    ranks = [str(rank) for rank in range(1, options + 1)]
    return None if sorted(said) == sorted(ranks) else f"a ranking gives each option its own rank from 1 to {options}."


def _no_dots(said: list[str], _options: int) -> str | None:
    fits = all(one.isdecimal() for one in said) and sum(int(one) for one in said) <= DOTS
    return None if fits else f"each person has {DOTS} dots."


_UNFIT = {Method.CONSENT: _no_consent, Method.RANKING: _no_ranking, Method.DOTS: _no_dots}
