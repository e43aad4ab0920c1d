"""The commands about devices: `alongside devices ...`."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from devices.kinds import DeviceKind, DeviceSetup, Path, SetupError
from devices.model import DecodeError, Frame, Observation, Reading, Trigger
from devices.registry import KINDS, check_options, is_sender
from devices.registry_gatt import CHARACTERISTICS, read_characteristic
from devices.spelling import unknown
from devices.units import unit_of

UNREADABLE = 2
_NO_MAC = "00:00:00:00:00:00"
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""A frame read by hand was heard at no particular time; nothing that is printed depends on it."""

app = typer.Typer(no_args_is_help=True)


@app.callback()
def devices() -> None:
    """See what sensors say, and read a frame by hand."""


@app.command()
def decode(
    kind: Annotated[str, typer.Argument(help="A kind of device (bthome, ld2410, ...) or a characteristic (2a37).")],
    payload: Annotated[
        str,
        typer.Argument(metavar="HEX", help="The frame's bytes in hex; an advert in two parts has a + between them."),
    ],
    mac: Annotated[str, typer.Option(help="The sender's address; an encrypted frame needs it.")] = _NO_MAC,
    key: Annotated[str | None, typer.Option(help="The encryption key, 32 hex digits.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="What home.toml would say: profile=A5-02-05.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,  # noqa: FBT002
) -> None:
    """Read one frame and print what it says."""
    try:
        observations = _decode(kind, payload, mac, key, option or [])
    except (DecodeError, SetupError) as error:
        typer.echo(f"This frame cannot be read: {error}", err=True)
        raise typer.Exit(UNREADABLE) from error
    for observation in observations:
        facts = facts_of(observation)
        typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else in_words(facts))
    if not observations and not as_json:
        typer.echo("It can be read, and says nothing that is kept.")


def _decode(kind: str, payload: str, mac: str, key: str | None, options: list[str]) -> list[Observation]:
    source = f"gatt:{kind.lower().removeprefix('0x')}"
    if kind not in KINDS and source not in CHARACTERISTICS:
        raise SetupError(unknown("kind", kind, (*KINDS, *(one.removeprefix("gatt:") for one in CHARACTERISTICS))))
    if not is_sender(mac):
        raise SetupError(f"the address {mac!r} must be like A4:C1:38:00:00:02, or a sender's id like 0029A1B2")
    name = kind if mac == _NO_MAC else mac.upper()
    parts = [_bytes_of(part, "the frame") for part in payload.split("+")]
    if kind not in KINDS:
        return read_characteristic(name, _frame(mac, source, parts[0]))
    setup = DeviceSetup(
        name=name,
        kind=kind,
        address=mac.upper(),
        key=None if key is None else _bytes_of(key, "the key"),
        options=options_from(options),
    )
    check_options(setup, KINDS[kind])
    return _read(KINDS[kind], setup, parts)


def options_from(texts: list[str]) -> dict[str, str]:
    """Options as they are written on a command line. Raises `SetupError`."""
    for text in texts:
        if not re.fullmatch(r"[a-z_]+=.+", text):
            raise SetupError(f"an option is written name=value, like profile=A5-02-05, and not {text!r}")
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def _read(kind: DeviceKind, setup: DeviceSetup, parts: list[bytes]) -> list[Observation]:
    """What the parts of one advert say, of which the service data is the shorter; or what one frame says."""
    decode = kind.make_decoder(setup)
    if len(parts) > 1:
        frames = zip(kind.sources, sorted(parts, key=len), strict=False)
        return [said for source, part in frames for said in decode(_frame(setup.address, source, part))]
    refused: list[DecodeError] = []
    for source in kind.sources if kind.path is Path.ADVERT else kind.sources[:1]:
        try:
            return decode(_frame(setup.address, source, parts[0]))
        except DecodeError as error:
            refused.append(error)
    raise refused[0]


def _frame(mac: str, source: str, payload: bytes) -> Frame:
    return Frame(address=mac.upper(), source=source, payload=payload, at=_NO_TIME)


def _bytes_of(text: str, what: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise DecodeError(f"{what} must be written in hex digits, two a byte") from error


def facts_of(observation: Observation) -> dict[str, object]:
    """What an observation says, as plain values; facts that it does not have are left out."""
    facts: dict[str, object] = {"device": observation.device}
    match observation:
        case Reading(quantity=quantity, value=value, quality=quality, device_time=at):
            facts |= {"quantity": quantity.value, "value": value, "unit": unit_of(quantity), "quality": quality}
            facts |= {} if at is None else {"device_time": at.isoformat()}
        case Trigger(kind=kind, token=token, button=button):
            facts |= {"trigger": kind.value}
            facts |= {name: text for name, text in (("token", token), ("button", button)) if text is not None}
        case _:
            facts |= {"samples": observation.acceleration_g.tolist(), "rate_hz": observation.rate_hz, "unit": "g"}
    return facts


def in_words(facts: dict[str, object]) -> str:
    """One line for people."""
    said = dict(facts)
    device = said.pop("device")
    if "quantity" in said:
        value = f"{said.pop('quantity')} {said.pop('value'):g} {said.pop('unit')}".rstrip()
        return f"{device}: {value} (quality {said['quality']})"
    return f"{device}: " + ", ".join(f"{name} {value}" for name, value in said.items())
