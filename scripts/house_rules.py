#!/usr/bin/env python
"""Checks the sizes that keep the house readable: no function over 40 lines, median at most 10, no file over 300."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST_FUNCTION = 40
LONGEST_MEDIAN = 10
LONGEST_FILE = 300


def sources() -> list[Path]:
    """Every Python file that git knows or would add, but for the tests and the migrations."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 -- fixed words
    paths = (Path(name) for name in names if not name.startswith(("tests/", "hub/store/migrations/")))
    return [path for path in paths if path.exists()]


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """The length of every function of a file, and where it is."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{path}:{node.lineno} {node.name}"


def complaints(paths: list[Path]) -> Iterator[str]:
    """What breaks the rules, one sentence each."""
    lengths = [found for path in paths for found in functions(path)]
    for length, where in sorted(lengths, reverse=True):
        if length > LONGEST_FUNCTION:
            yield f"{where} has {length} lines, {LONGEST_FUNCTION} at most"
    median = statistics.median(length for length, _ in lengths)
    if median > LONGEST_MEDIAN:
        yield f"the median function has {median:g} lines, {LONGEST_MEDIAN} at most"
    for path in paths:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield f"{path} has {lines} lines, {LONGEST_FILE} at most"


def main() -> int:
    """Say what is too long; 1 if anything is."""
    found = list(complaints(sources()))
    for complaint in found:
        sys.stderr.write(f"house rules: {complaint}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
