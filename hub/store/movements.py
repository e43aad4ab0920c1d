"""The movement that a finding rests on, kept with it so that people can judge later whether it was right."""

import numpy as np
from sqlalchemy import Connection, insert, select

from devices.model import SampleBlock
from hub.store.schema import from_us, movement, to_us

MG_PER_G = 1_000
LOST = np.iinfo(np.int16).min
LARGEST = np.iinfo(np.int16).max
_FORM = np.dtype("<i2")


def keep(connection: Connection, finding_id: int, block: SampleBlock) -> None:
    """Keep the samples that this finding rests on."""
    values = {
        "finding_id": finding_id,
        "device": block.device,
        "at": to_us(block.at),
        "rate_hz": block.rate_hz,
        "range_g": block.range_g,
        "samples": packed(block),
    }
    connection.execute(insert(movement).values(values))


def kept(connection: Connection, finding_id: int) -> SampleBlock | None:
    """The samples that were kept with a finding, to a thousandth of g."""
    row = connection.execute(select(movement).where(movement.c.finding_id == finding_id)).one_or_none()
    if row is None:
        return None
    counts = np.frombuffer(row.samples, _FORM).reshape(-1, 3)
    lost = (counts == LOST).any(axis=1, keepdims=True)
    samples = np.where(lost, np.nan, counts / MG_PER_G).astype(np.float32)
    return SampleBlock(
        device=row.device, at=from_us(row.at), rate_hz=row.rate_hz, acceleration_g=samples, range_g=row.range_g
    )


def packed(block: SampleBlock) -> bytes:
    """Samples as they are kept."""
    counts = np.clip(np.rint(block.acceleration_g * MG_PER_G), -LARGEST, LARGEST)
    return np.where(np.isfinite(counts), counts, LOST).astype(_FORM).tobytes()
