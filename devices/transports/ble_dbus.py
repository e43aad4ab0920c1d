"""A few words of D-Bus, for what bleak does not tell."""

import contextlib
from typing import Any

from dbus_fast import DBusError, Message, MessageType
from dbus_fast.aio import MessageBus

BUS = "org.freedesktop.DBus"
BUS_PATH = "/org/freedesktop/DBus"
BLUEZ = "org.bluez"


async def call(bus: MessageBus, message: Message) -> list[Any]:
    """Call a method and return its values.

    Raises:
        DBusError: the other side answered with an error.
        EOFError, OSError: the connection ended.
    """
    reply = await bus.call(message)
    if reply.message_type is MessageType.ERROR:
        raise DBusError(reply.error_name or f"{BUS}.Error.Failed", " ".join(map(str, reply.body)), reply)
    return reply.body


def ask_bus(member: str, *arguments: str) -> Message:
    """A call to the bus itself."""
    return Message(
        destination=BUS,
        path=BUS_PATH,
        interface=BUS,
        member=member,
        signature="s" * len(arguments),
        body=list(arguments),
    )


async def close(bus: MessageBus) -> None:
    """Close a connection and give its file descriptor back, whether or not the bus is still there."""
    bus.disconnect()
    await ended(bus)


async def ended(bus: MessageBus) -> None:
    """Wait until the connection has ended, in whatever way."""
    with contextlib.suppress(EOFError, OSError):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast leaves this one untyped
