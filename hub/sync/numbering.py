"""How readings are numbered on the way to the centre, so that no number is ever used for two of them.

A hub's own numbers begin anew where its database is replaced by an older copy, or by an empty one. The hub notices it:
the centre has more than this database ever sent. From there on it lifts its numbers above what the centre has.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Integer, MetaData, Table, delete, select

metadata = MetaData()
lift = Table(
    "sync_lift",
    metadata,
    Column("after_id", Integer, primary_key=True, autoincrement=False),
    Column("by", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Numbering:
    """From which of the hub's numbers on, by how much they are lifted; in order, and ever higher. Pure."""

    lifts: Sequence[tuple[int, int]] = ((0, 0),)

    def out(self, number: int) -> int:
        """The number on the way of one of the hub's own."""
        return number + self.lifts[max(0, bisect_left(self.lifts, (number, 0)) - 1)][1]

    def out_all(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same for many."""
        starts, by = np.array(self.lifts, np.int64).T
        lifted: NDArray[np.int64] = numbers + by[np.maximum(np.searchsorted(starts, numbers) - 1, 0)]
        return lifted

    def own(self, number: int) -> int:
        """The highest of the hub's own numbers that goes out as no more than this."""
        for (start, by), (end, _) in reversed(list(pairwise((*self.lifts, (2**63, 0))))):
            if start + by <= number:
                return min(number - by, end)
        return 0

    def finding(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A finding whose evidence names the readings by the numbers that they go out with."""
        return {**row, "evidence": [{**one, "id": one["id"] and self.out(one["id"])} for one in row["evidence"]]}

    def lifted(self, told: int, has: int) -> "Numbering":
        """What follows the hub's number `told` goes out above `has`, which the centre has."""
        return Numbering((*(one for one in self.lifts if one[0] < told), (told, has - told)))


def read(connection: Connection) -> Numbering:
    """The numbering as it is now."""
    rows = connection.execute(select(lift.c.after_id, lift.c.by).order_by(lift.c.after_id))
    return Numbering(tuple((row.after_id, row.by) for row in rows) or ((0, 0),))


def keep(connection: Connection, numbering: Numbering) -> None:
    """Keep another numbering."""
    connection.execute(delete(lift))
    connection.execute(lift.insert(), [{"after_id": start, "by": by} for start, by in numbering.lifts])
