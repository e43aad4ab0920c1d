"""A step's condition on what was found: `news2 >= 5 or single >= 3`.

Comparisons joined by `and` and `or` (`and` binds closer). A fact that is not known makes its comparison untrue, so a
partial score never fires a step by what is missing. Where only a lower bound of a fact is known (`news2_at_least`),
`news2 >= 7` is true if that is 7: what is missing can only add to it.
"""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

_COMPARISON = re.compile(r"([a-z][a-z0-9_]*)\s*(>=|<=|==|>|<)\s*(-?\d+(?:\.\d+)?)")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}

_RISING = frozenset({">=", ">"})
AT_LEAST = "_at_least"
"""The end of the name of a fact's lower bound."""

Comparison = tuple[str, str, float]


class ConditionError(ValueError):
    """A condition that cannot be read."""


@lru_cache(maxsize=256)
def parse(condition: str) -> tuple[tuple[Comparison, ...], ...]:
    """A condition as alternatives, each a tuple of comparisons that must all hold. Raises `ConditionError`.

    >>> parse("news2 >= 5 or single >= 3")
    ((('news2', '>=', 5.0),), (('single', '>=', 3.0),))
    """
    alternatives = re.split(r"\s+or\s+", condition.strip())
    return tuple(tuple(map(_comparison, re.split(r"\s+and\s+", one))) for one in alternatives)


def holds(condition: str | None, facts: Mapping[str, float]) -> bool:
    """Whether a step with this condition applies; no condition always does.

    >>> holds("news2 >= 5 or single >= 3", {"news2": 4, "single": 3})
    True
    """
    if condition is None:
        return True
    return any(all(_holds(one, facts) for one in alternative) for alternative in parse(condition))


def _comparison(text: str) -> Comparison:
    found = _COMPARISON.fullmatch(text.strip())
    if found is None:
        raise ConditionError(f"expected a comparison such as 'news2 >= 5', got {text.strip()!r}")
    return found[1], found[2], float(found[3])


def _holds(comparison: Comparison, facts: Mapping[str, float]) -> bool:
    name, sign, limit = comparison
    names = (name, name + AT_LEAST) if sign in _RISING else (name,)
    return any(_OPERATORS[sign](facts[one], limit) for one in names if one in facts)
