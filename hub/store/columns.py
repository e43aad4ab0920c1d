"""What every table rests on: one set of names, times as UTC microseconds since 1970, and ids."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Integer, MetaData

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def to_us(at: datetime) -> int:
    """An aware datetime as microseconds since 1970, exactly."""
    return (at - EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """Microseconds since 1970 as an aware UTC datetime."""
    return EPOCH + timedelta(microseconds=us)


ID = BigInteger().with_variant(Integer, "sqlite")
"""A number that may grow beyond 32 bits; on SQLite it is the row's own."""
