"""When a transport or a connection went up or down."""

from sqlalchemy import Connection, func, insert, select

from devices.model import LinkEvent, LinkState
from hub.store.changes import touch
from hub.store.schema import from_us, link_event, to_us

TOPIC = "link"


def add(connection: Connection, event: LinkEvent) -> None:
    """Keep one change."""
    connection.execute(
        insert(link_event).values(subject=event.subject, state=event.state, at=to_us(event.at), detail=event.detail)
    )
    touch(connection, TOPIC)


def now(connection: Connection) -> dict[str, LinkEvent]:
    """The last that is known of each link, by subject."""
    newest = select(func.max(link_event.c.id)).group_by(link_event.c.subject)
    rows = connection.execute(select(link_event).where(link_event.c.id.in_(newest)).order_by(link_event.c.subject))
    return {
        row.subject: LinkEvent(subject=row.subject, state=LinkState(row.state), at=from_us(row.at), detail=row.detail)
        for row in rows
    }
