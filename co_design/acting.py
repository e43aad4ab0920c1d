"""Whether the resident still acts, from the record and from the hub's own history."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from co_design.chain import Chain
from co_design.effects import Measure
from co_design.fairness import Agency, agency
from co_design.measures import Span, count
from hub.household import current as household

AGENCY_SPAN = timedelta(days=28)


def agency_at(connection: Connection, chain: Chain, now: datetime) -> Agency:
    """The four weeks up to a moment."""
    home = household(connection)
    span = Span(start=now - AGENCY_SPAN, end=now, tz=home.tz, resident=home.resident)
    return agency(chain, count(connection, Measure.AGENCY, span), now, AGENCY_SPAN)


def fell_silent(connection: Connection, chain: Chain, now: datetime) -> bool:
    """Whether nothing comes from the residents any more, after something did."""
    before = agency_at(connection, chain, now - AGENCY_SPAN)
    return not before.fallen and agency_at(connection, chain, now).fallen
