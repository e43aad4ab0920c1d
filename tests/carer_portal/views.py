"""Looks that are written down, for tests of who looked."""

from sqlalchemy import insert

from carer_portal import schema
from hub.model import Role
from hub.store.schema import to_us
from tests.carer_portal.home import MadeHome

ROLES = {"nurses": Role.CLINICIAN, "joan": Role.NEIGHBOUR, "olu": Role.OPERATOR}


def looked(home: MadeHome, person: str, page: str, ago: float, subject: str | None = None) -> None:
    """Somebody looked at a page, so many minutes ago."""
    row = {"person": person, "role": ROLES.get(person, Role.FAMILY), "page": page, "subject": subject}
    with home.writing() as connection:
        connection.execute(insert(schema.view).values(at=to_us(home.ago(ago)), **row))
