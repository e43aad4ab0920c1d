"""Speaks to the resident through `espeak-ng`, a program of its own: it needs no network, and works when all is down.

What is spoken counts as sent, never as heard: only an answer says that it was heard.
"""

import asyncio
import contextlib
import logging
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devices.model import Clock, LinkEvent, LinkState
from hub.channels.attended import Around
from hub.channels.within import within
from hub.household.model import SpeakerPolicy
from hub.model import ChannelError, Evidence, Inbound, Message, NotificationState, Purpose

log = logging.getLogger(__name__)

NAME = "speaker"
PROGRAM = "espeak-ng"
SAY_WITHIN_S = 40.0
"""The longest sentence takes a quarter of that."""
PAUSE_S = 2.5
"""Between one saying of a question and the next: the field's own is two to three seconds."""
REPEAT_FOR_S = 300.0
"""No question is said again for longer than the longest check-in lasts."""
LOOK_EVERY_S = 60.0

MISSING = "the program espeak-ng is not installed: apt-get install espeak-ng"
SILENT = "there is no loudspeaker that works, or no such voice"
HANGS = "the loudspeaker hangs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that the resident is asked, and until when it is asked again."""

    alarm_id: int
    text: str
    until_s: float


class Speaker:
    """The loudspeaker in the home. While `run` runs, a question is repeated until it is answered."""

    name = NAME

    def __init__(
        self, clock: Clock, policy: SpeakerPolicy, program: str = PROGRAM, recording: Path | None = None
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._program = program
        self._recording = recording
        self._one_voice = asyncio.Lock()
        self._question: Question | None = None
        self._asked = asyncio.Event()
        self._told: tuple[LinkState, str] | None = None
        self._trouble = ""

    async def send(self, message: Message) -> Evidence:
        """Say it now; whatever was being asked is asked no more. Raises `ChannelError`."""
        self._question = None
        await self._say(message.text)
        if message.purpose is Purpose.CHECK_IN and message.alarm_id is not None:
            until_s = self._clock.boot_s() + REPEAT_FOR_S
            self._question = Question(alarm_id=message.alarm_id, text=message.text, until_s=until_s)
            self._asked.set()
        return Evidence(state=NotificationState.SENT)

    async def find(self, message: Message) -> Evidence | None:  # noqa: ARG002 -- the protocol's argument
        """Nobody keeps what was said: in doubt it is said again."""
        return None

    async def status(self, provider_id: str) -> Evidence | None:  # noqa: ARG002 -- the protocol's argument
        """What was said is as far as it gets."""
        return None

    async def inbound(self, since: datetime) -> list[Inbound]:  # noqa: ARG002 -- the protocol's argument
        """It does not listen: the resident answers by a button, a text or the page at home."""
        return []

    async def run(self, around: Around) -> None:
        """Say each question again until it is answered, and see that there is something to speak with."""
        while True:
            self._tell(around)
            self._asked.clear()
            with contextlib.suppress(TimeoutError):
                await within(self._clock, LOOK_EVERY_S, self._asked.wait())
            await self._repeat(around)

    async def _repeat(self, around: Around) -> None:
        while (question := self._question) is not None:
            await self._clock.sleep(PAUSE_S)
            if self._question is not question:
                continue
            if self._clock.boot_s() >= question.until_s or not around.is_asked(question.alarm_id):
                self._question = None
                return
            try:
                await self._say(question.text)
            except ChannelError as error:
                log.warning("a question could not be said again: %s", error)

    def _tell(self, around: Around) -> None:
        """Report what is new about the loudspeaker."""
        if shutil.which(self._program) is None:
            self._trouble = MISSING
        elif self._trouble == MISSING:
            self._trouble = ""
        told = (LinkState.DOWN if self._trouble else LinkState.UP, self._trouble)
        if told != self._told:
            self._told = told
            around.report(LinkEvent(subject=NAME, state=told[0], at=self._clock.now(), detail=told[1]))

    async def _say(self, text: str) -> None:
        """Say it to the end. Raises `ChannelError`."""
        async with self._one_voice:
            self._trouble = await self._spoken(text)
        if self._trouble:
            self._asked.set()  # it is told of at once
            raise ChannelError(self._trouble)

    async def _spoken(self, text: str) -> str:
        """Say it; what went wrong, if anything."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._program, *self._words(), stdin=PIPE, stdout=DEVNULL, stderr=PIPE
            )
        except OSError:
            return MISSING
        try:
            _, complaints = await within(self._clock, SAY_WITHIN_S, process.communicate(text.encode()))
        except TimeoutError:
            return HANGS
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        # Without a loudspeaker it ends as if all were well, having said nothing but an error.
        return SILENT if process.returncode or b"error:" in complaints.lower() else ""

    def _words(self) -> list[str]:
        words = ["-b", "1", "-v", self._policy.language, "-s", str(self._policy.words_per_minute), "--stdin"]
        if self._policy.device is not None:
            words += ["-d", self._policy.device]
        return words if self._recording is None else [*words, "-w", str(self._recording)]
