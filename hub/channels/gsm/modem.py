"""Texts by a mobile modem: the way that is left when broadband is gone. Watched, and started anew when it hangs."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2s

from devices.model import Clock, LinkEvent, LinkState
from hub.channels.attended import Around
from hub.channels.gsm.care import Care
from hub.channels.gsm.errors import Blame, channel_error, meaning
from hub.channels.gsm.health import ADVICE, Ailment
from hub.channels.gsm.line import Line, LineError, RefusedError, SilentError
from hub.channels.gsm.received import PduError, Report, read
from hub.channels.gsm.submit import Part, parts
from hub.channels.gsm.tracks import Track, Tracks
from hub.channels.turns import Turns
from hub.channels.within import within
from hub.model import ChannelError, Evidence, Inbound, Message

log = logging.getLogger(__name__)

NAME = "gsm_modem"
"""What it is called in home.toml, and in its link events."""
ACCEPT_S = 40.0
"""So long a modem may take for one part (manuals of such modems give 40 s and more, with a poor signal)."""
SEND_WITHIN_S = 90.0
"""So long a text may take with its waiting for others: then it is for the outbox to try another way."""
CHECK_EVERY_S = 30.0
CHECK_SICK_EVERY_S = 5.0
SIGNAL_TOLD_EVERY_S = 3600.0
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""The waits before a port that could not be used is opened again; the last one from then on."""

Told = Callable[[LinkEvent], None]


class GsmModem:
    """A modem behind a serial port. It sends while `run` runs."""

    name = NAME

    def __init__(self, clock: Clock, port: str, baud: int, validity: timedelta) -> None:
        self._clock = clock
        self._port = port
        self._baud = baud
        self._validity = validity
        self._turns = Turns()
        self._tracks = Tracks()
        self._stirred = asyncio.Event()
        self._care = Care(clock)
        self._line: Line | None = None
        self._told: tuple[LinkState, str] | None = None
        self._told_s = 0.0
        self._words = "it is being started"

    # What the outbox and the listener ask for.

    async def send(self, message: Message) -> Evidence:
        """Hand a text over, part by part: accepted, which is not delivered. Raises `ChannelError`."""
        try:
            pieces = parts(message.to, message.text, _number(message), self._validity)
        except ValueError as error:
            raise ChannelError("not sent by the mobile modem: the number is none", permanent=True) from error
        track = self._tracks.begin(message, len(pieces))
        try:
            await within(self._clock, SEND_WITHIN_S, self._send(message, pieces, track))
        except RefusedError as error:
            found = meaning(error.result)
            if found.blame is Blame.MODEM:
                self._stirred.set()
            raise channel_error(found) from error
        except (LineError, TimeoutError) as error:
            self._stirred.set()
            raise ChannelError("the mobile modem does not answer", ambiguous=track.in_doubt) from error
        evidence = track.evidence()
        if evidence is None:
            raise LookupError("every part was accepted, and yet the text was not")
        return evidence

    async def find(self, message: Message) -> Evidence | None:
        """What is known of a text in doubt: a modem keeps no list, but may have answered late."""
        return self._tracks.find(message)

    async def status(self, provider_id: str) -> Evidence | None:
        """What the network has reported; None for a text from before the last start."""
        return self._tracks.status(provider_id)

    async def inbound(self, since: datetime) -> list[Inbound]:  # noqa: ARG002 -- the modem keeps what is new
        """The texts in the modem's memory."""
        return self._care.inbox.give(self._clock.now(), self._clock.boot_s())

    async def _send(self, message: Message, pieces: list[Part], track: Track) -> None:
        async with self._turns.mine(message.to, message.purpose):
            for piece in pieces:
                if self._line is None or self._care.ailing:
                    raise ChannelError(f"the mobile modem cannot send: {self._words}")
                await self._hand_over(self._line, piece, track)

    async def _hand_over(self, line: Line, piece: Part, track: Track) -> None:
        def handed() -> None:
            track.in_doubt = True

        try:
            lines = await line.submit(piece.length, piece.pdu, handed, ACCEPT_S)
        except RefusedError:
            track.in_doubt = False
            raise
        self._tracks.accepted(track, _sent_number(lines[0] if lines else ""))

    # Its own work.

    async def run(self, around: Around) -> None:
        """See to the modem until cancelled, reporting every change of how it is."""
        report = around.report
        tries = 0
        while True:
            try:
                line = Line(self._port, self._baud, self._clock, self._unasked)
            except LineError as error:
                self._tell(report, LinkState.DOWN, str(error))
            else:
                tries = 0 if await self._until_lost(line, report) else tries
            await self._clock.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1

    async def _until_lost(self, line: Line, report: Told) -> bool:
        """See to an open line until it is lost. Whether the modem ever answered."""
        answered = False
        self._line = line
        try:
            while True:
                self._stirred.clear()
                state = await self._care.look(line)
                answered = True
                up = LinkState.UP if state.ailment is None else LinkState.DOWN
                self._tell(report, up, state.words)
                await self._pause()
        except SilentError:
            self._tell(report, LinkState.DOWN, ADVICE[Ailment.SILENT])
        except LineError as error:
            self._tell(report, LinkState.DOWN, str(error))
        finally:
            self._line = None
            self._care.forget()
            line.close()
        return answered

    async def _pause(self) -> None:
        """Until it is time to look again, or there is a reason to."""
        wait_s = CHECK_SICK_EVERY_S if self._care.ailing else CHECK_EVERY_S
        try:
            await within(self._clock, wait_s, self._stirred.wait())
        except TimeoutError:
            return

    def _tell(self, report: Told, state: LinkState, words: str) -> None:
        """Report what is new: not each vain attempt, nor a signal that comes and goes more often than once an hour."""
        self._words = words
        now_s = self._clock.boot_s()
        both_up = self._told is not None and self._told[0] is state is LinkState.UP
        if self._told == (state, words) or (both_up and now_s - self._told_s < SIGNAL_TOLD_EVERY_S):
            return
        self._told, self._told_s = (state, words), now_s
        report(LinkEvent(subject=NAME, state=state, at=self._clock.now(), detail=words))

    def _unasked(self, head: str, content: str) -> None:
        """Something that the modem says of its own accord."""
        if head.startswith("+CMGS:"):
            self._tracks.late(_sent_number(head))
        elif head.startswith("+CDS:"):
            self._take_report(content)
        elif head.startswith(("+CMTI:", "+CPIN:")):
            self._stirred.set()

    def _take_report(self, pdu: str) -> None:
        try:
            report = read(pdu)
        except PduError as error:
            log.warning("a delivery report cannot be read: %s", error)
            return
        if isinstance(report, Report):
            self._tracks.reported(report)


def _number(message: Message) -> int:
    """What ties a text's parts together: the same when it is sent again, so that telephones join it."""
    return blake2s(message.reference.encode(), digest_size=1).digest()[0]


def _sent_number(line: str) -> int:
    """The number that the network gave a part, from `+CMGS: 12`; a modem that gives none is believed all the same."""
    number = line.partition(":")[2].partition(",")[0].strip()
    return int(number) if number.isdecimal() else -1
