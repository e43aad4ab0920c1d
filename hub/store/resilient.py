"""A store that outlives its disk: where that takes nothing any more, it goes on in memory, and comes back by itself.

Whoever uses it notices nothing: the very job that met the full disk is carried out. What was stored stays as it was.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from hub.store import twin as twins
from hub.store.connect import reader_engine, writer_engine
from hub.store.errors import StoreCorruptError, StoreDiskError, StoreError, StoreFullError, StoreReadOnlyError
from hub.store.jobs import Job
from hub.store.rows import Row
from hub.store.upgrade import upgrade
from hub.store.writer import BUSY_S, FLUSH_S, Store, log_trouble
from hub.supervisor import describe

log = logging.getLogger(__name__)

OF_THE_DISK = (StoreFullError, StoreReadOnlyError, StoreDiskError, StoreCorruptError)
RETURN_COMMITS = 6
"""So often a commit tries the disk again: with the heartbeat of 5 s, every half a minute."""
_TROUBLE = (sqlite3.Error, DBAPIError, OSError)


class ResilientStore(Store):
    """`held` is what is wrong with the disk while the store goes on in memory; None: all is well."""

    held: StoreError | None = None
    _also: Sequence[Path] = ()
    _on_disk: tuple[Engine, Engine] | None = None
    _commits_in_memory = 0

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        also: Sequence[Path] = (),
        on_trouble: Callable[[StoreError | None], None] = log_trouble,
        busy_s: float = BUSY_S,
        flush_s: float = FLUSH_S,
    ) -> Self:
        """Open a database, or, where its disk does not let that, its twin. Raises `StoreError`."""
        _end_earlier_twin(path)
        try:
            if twins.twin_of(path).exists():
                raise StoreDiskError(f"{path}: it could not be written when the hub ended")
            store = super().open(path, also=also, on_trouble=on_trouble, busy_s=busy_s, flush_s=flush_s)
        except OF_THE_DISK as trouble:
            twin = _twin(path, trouble, also)
            store = super().open(twin, also=also, on_trouble=on_trouble, busy_s=busy_s, flush_s=flush_s)
            store._go_on_in(path, trouble)  # noqa: SLF001 -- our own
        store._also = also  # noqa: SLF001 -- our own
        return store

    def _go_on_in(self, disk: Path, trouble: StoreError) -> None:
        """This store was opened on the twin of that disk's database."""
        self.path = disk
        self.held = trouble
        self._on_disk = (writer_engine(disk, BUSY_S), reader_engine(disk, BUSY_S))
        self._report(trouble)

    def give_up(self) -> None:
        """Let the disk's file be, as it is: nothing here is worth taking its place."""
        self._on_disk = None

    # In the writer thread only.

    def _transact(self, rows: list[Row], jobs: list[Job]) -> StoreError | None:
        trouble = super()._transact(rows, jobs)
        if trouble is None:
            self._try_to_return()
        elif self.held is None and isinstance(trouble, OF_THE_DISK) and self._take_to_memory(trouble):
            return super()._transact(rows, jobs)
        return trouble

    def _report(self, trouble: StoreError | None) -> None:
        super()._report(trouble or self.held)

    def _take_to_memory(self, trouble: StoreError) -> bool:
        try:
            twin = _twin(self.path, trouble, self._also)
        except StoreError as error:
            log.error("there is no going on in memory either: %s", describe(error))  # noqa: TRY400 -- no traceback
            return False
        self._on_disk = (self._engine, self._readers)
        self._engine, self._readers = writer_engine(twin, BUSY_S), reader_engine(twin, BUSY_S)
        self.held = trouble
        return True

    def _try_to_return(self) -> None:
        """Now and then, write the twin back to the disk, and go on there if it takes it."""
        if self.held is None or self._on_disk is None:
            return
        self._commits_in_memory += 1
        if self._commits_in_memory % RETURN_COMMITS == 0:
            self._return()

    def _return(self) -> None:
        twin = twins.twin_of(self.path)
        try:
            if isinstance(self.held, StoreCorruptError) and self.path.exists():
                twins.set_aside(self.path, str(self.next_id()))
            twins.write_back(twin, self.path)
        except _TROUBLE as error:
            log.warning("the disk still does not take the database: %s", describe(error))
            return
        self._let_go()
        in_memory = (self._engine, self._readers)
        self._engine, self._readers = self._on_disk or in_memory
        self._on_disk, self.held = None, None
        for engine in in_memory:
            engine.dispose()
        twins.forget(twin)

    def _run(self) -> None:
        super()._run()
        if self.held is not None and self._on_disk is None:
            twins.forget(twins.twin_of(self.path))
            return
        if self.held is not None:
            self._return()
        if self.held is not None:
            log.error("what happened since the disk failed is in memory only: %s", twins.twin_of(self.path))


def _twin(path: Path, trouble: StoreError, also: Sequence[Path]) -> Path:
    """A twin of this database, or the one that an earlier process left. Raises what was wrong with the disk."""
    known = twins.twin_of(path)
    try:
        if known.exists():
            return known
        made = twins.salvage(path, also) if isinstance(trouble, StoreCorruptError) else twins.make(path)
        upgrade(made, also, BUSY_S)
    except _TROUBLE as error:
        log.error("there is no room for the database in memory: %s", describe(error))  # noqa: TRY400 -- no traceback
        raise trouble from error
    return made


def _end_earlier_twin(path: Path) -> None:
    """What a hub that died in memory left there is written to the disk, if that takes it now."""
    twin = twins.twin_of(path)
    if not twin.exists():
        return
    try:
        twins.write_back(twin, path)
    except _TROUBLE as error:
        log.warning("the disk still does not take the database: %s", describe(error))
    else:
        twins.forget(twin)
