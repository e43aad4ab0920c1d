"""The home whose hub is killed: pendants that repeat a press until they have their receipt, a daughter and a son."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alongside.benchmark.home import address
from devices.model import Frame
from devices.simulated.frames_bthome import PRESSES, service_data
from hub import household
from hub.store.writer import Store

PRIMARY, FALLBACK = "twilio", "gsm_modem"
DAUGHTER, SON = "+447700900101", "+447700900102"
PRESSES_EACH = 250
"""A pendant numbers its presses in one byte, and the same number again within the hour is the same press."""

_HOME = f"""\
schema = "alongside.household/1"
[household]
id = "crash-test"
tz = "Europe/London"
resident = "edith"
[people.edith]
role = "resident"
channels = [{{ id = "button" }}]
[people.nadia]
role = "family"
channels = [{{ id = "sms", to = "{DAUGHTER}" }}, {{ id = "voice", to = "{DAUGHTER}" }}]
[people.omar]
role = "family"
channels = [{{ id = "sms", to = "{SON}" }}]
[consent]
revision = 1
family = ["name", "kind", "room", "time"]
[rotas.on_call]
layers = [{{ who = "nadia", default = true }}]
[plans.life]
rounds = 2
ack_timeout = "PT10M"
exhausted_retry = "PT5M"
steps = [
  {{ id = "first", wait = "PT20S", notify = [
    {{ rota = "on_call", via = ["sms", "voice"], mode = "first_accepted" }},
  ] }},
  {{ id = "wide", wait = "PT20S", notify = [{{ role = "family", via = ["sms"] }}] }},
]
[alarms]
panic = {{ severity = 10, plan = "life", check_in = {{ window = "PT0S", resident_cancel = "arc_only" }} }}
fault = {{ severity = 4, plan = "life" }}
[limits]
per_person_per_hour = 10000
[incident]
merge_window = "PT0S"
[channels.sms]
primary = "{PRIMARY}"
fallback = "{FALLBACK}"
accept_by = "PT10S"
delivered_by = "PT45S"
retry = ["PT1S", "PT3S", "PT9S"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press of one pendant; `packet` is its own number of it."""

    pendant: str
    packet: int


def press(number: int) -> Press:
    """The `number`-th press."""
    pendant, packet = divmod(number, PRESSES_EACH)
    return Press(pendant=f"pendant_{pendant}", packet=packet)


def frame_of(one: Press, at: datetime) -> Frame:
    """The advertisement of a press, as the pendant goes on repeating it."""
    payload = service_data({"button": PRESSES["press"]}, one.packet)
    return Frame(address=address(_index(one.pendant)), source="advert:fcd2", payload=payload, at=at)


def settle_in(db: Path, presses: int, now: datetime) -> None:
    """Let a household with pendants for so many presses be applied."""
    text = _HOME + "".join(map(_pendant, range(1 + presses // PRESSES_EACH)))
    store = Store.open(db)
    store.run(lambda connection: household.apply(connection, text, now, "crash-test"))
    store.shut()


def _index(pendant: str) -> int:
    return int(pendant.removeprefix("pendant_"))


def _pendant(index: int) -> str:
    return f'[devices.pendant_{index}]\nkind = "bthome"\naddress = "{address(index)}"\nperson = "edith"\n'
