import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from hub.household.lines import Key, locate, nearest

TEXT = (
    '''\
# a comment with [brackets] and = signs
title = "with \\"quotes\\" # and no comment"   # 2

[plain]            # 4
a.b = 1            # 5
"quoted.key" = [   # 6
  1,               # 7
  { x = "]", y = \'}\' },  # 8
  [],
]
text = """
several ] } lines
"""                # 11 to 13
literal = \'\'\'
'''
    + "x\n'''\n"
    + """
when = 1979-05-27 07:32:00   # 18
[[steps]]          # 19
id = "first"       # 20
[steps.inner]      # 21
deep = true
[[steps]]          # 23
id = "second"
[[steps.notify]]   # 25
via = []
"sp\\u00e9cial" = 1  # 27
"""
)


def paths(value: Any, key: Key = ()) -> Iterator[Key]:
    if key:
        yield key
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield from paths(inner, (*key, name))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("title",), 2),
        (("plain",), 4),
        (("plain", "a", "b"), 5),
        (("plain", "quoted.key"), 6),
        (("plain", "quoted.key", 0), 7),
        (("plain", "quoted.key", 1, "y"), 8),
        (("plain", "text"), 11),
        (("plain", "literal"), 14),
        (("plain", "when"), 18),
        (("steps", 0, "id"), 20),
        (("steps", 0, "inner"), 21),
        (("steps", 1), 23),
        (("steps", 1, "notify", 0), 25),
        (("steps", 1, "notify", 0, "spécial"), 27),
    ],
)
def test_each_key_stands_on_its_line(key: Key, line: int) -> None:
    assert locate(TEXT)[key] == line


def test_every_key_that_tomllib_reads_has_a_line() -> None:
    assert set(paths(tomllib.loads(TEXT))) == set(locate(TEXT))


@pytest.mark.parametrize(
    ("key", "line"), [(("plain", "no", 3), 4), (("steps", 7), 19), (("nowhere",), None), ((), None)]
)
def test_what_is_missing_is_placed_in_the_table_around_it(key: Key, line: int | None) -> None:
    assert nearest(locate(TEXT), key) == line


CONTROLS = "".join(map(chr, (*range(32), 127)))
KEYS = st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS), min_size=1, max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-10, 10) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_document_is_understood_as_tomllib_does(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    lines = locate(text)

    assert set(paths(tomllib.loads(text))) == set(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_other_text_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="not TOML at offset"):
        locate("=")
