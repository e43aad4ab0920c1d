"""What a modem's bytes mean, line by line: answers to the command under way, and what comes unasked. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from string import hexdigits

PROMPT = b"> "
_REFUSALS = ("ERROR", "+CMS ERROR", "+CME ERROR", "NO CARRIER", "COMMAND NOT SUPPORT")
_HAS_CONTENT = ("+CDS:", "+CMT:")
"""Unasked lines whose content is the next line."""
_HEXADECIMAL = frozenset(hexdigits)


@dataclass(slots=True, kw_only=True)
class Question:
    """A command under way. Lines that begin with `prefix`, and what follows such a line, are its answer.

    `prompts`: it is answered by the prompt that asks for a text. `result` is the final line, once there is one.
    """

    prefix: str
    prompts: bool = False
    lines: list[str] = field(default_factory=list)
    result: str | None = None

    @property
    def refused(self) -> bool:
        """Whether it ended in an error."""
        return self.result is not None and self.result.startswith(_REFUSALS)


class Dialogue:
    """Sorts what a modem says."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._unfinished: str | None = None
        self.question: Question | None = None

    def feed(self, data: bytes) -> list[tuple[str, str]]:
        """Take bytes in; what came unasked: each line, and its content where it has any."""
        self._buffer += data
        unasked = [said for line in self._lines() if (said := self._sort(line)) is not None]
        question = self.question
        if question is not None and question.prompts and bytes(self._buffer).lstrip(b"\r\n") == PROMPT:
            self._buffer.clear()
            question.result = PROMPT.decode()
        return unasked

    def forget(self) -> None:
        """Begin anew: what was half said belongs to nothing."""
        self._buffer.clear()
        self._unfinished = None
        self.question = None

    def _lines(self) -> Iterator[str]:
        while (end := self._buffer.find(b"\n")) >= 0:
            line = self._buffer[:end].decode("latin-1").strip()
            del self._buffer[: end + 1]
            if line:
                yield line

    def _sort(self, line: str) -> tuple[str, str] | None:
        """Give a line to the question it answers; or say that it came unasked."""
        if self._unfinished is not None:
            head, self._unfinished = self._unfinished, None
            return head, line
        if line.startswith(_HAS_CONTENT):
            self._unfinished = line
            return None
        return None if self._answers(line) else (line, "")

    def _answers(self, line: str) -> bool:
        question = self.question
        if question is None or question.result is not None:
            return False
        if line == "OK" or line.startswith(_REFUSALS):
            question.result = line
            return True
        asked = bool(question.prefix) and line.startswith(question.prefix)
        content = bool(question.lines) and _HEXADECIMAL.issuperset(line)
        if asked or content:
            question.lines.append(line)
        return asked or content
