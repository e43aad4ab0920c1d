"""What is said of a name that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Why a name cannot be used, with the one that was probably meant.

    >>> unknown("person", "pria", ["priya", "tom"])
    "there is no person 'pria'; did you mean 'priya'?"
    """
    names = sorted(known)
    meant = get_close_matches(name, names, n=1)
    hint = f"did you mean {meant[0]!r}?" if meant else f"there are {', '.join(names) or 'none'}"
    return f"there is no {what} {name!r}; {hint}"
