"""A household as the hub uses it, read from home.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.model import Home
from devices.kinds import DeviceSetup
from hub.model import AlarmPolicy, Contact, EscalationPolicy, Role


class HouseholdError(ValueError):
    """home.toml cannot be used; says the line and the reason. Nothing was changed."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        where = f"line {line}: " if line else ""
        super().__init__(f"{where}{reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a rota, on the household's clock: these days, from one clock time to another (may pass midnight)."""

    who: str
    days: frozenset[int] = frozenset(range(7))  # Monday is 0
    start: time | None = None
    end: time | None = None
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody stands in, between two local times."""

    who: str
    start: datetime  # naive, the household's clock
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Who is on call: the override in force, else the first layer that covers the time, else the default."""

    name: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Which fields each role may see; what is not listed is denied.

    `on_acceptance` is the resident's standing approval of community responders: what one of them may see besides, once
    they are on the way. None: they are not called at all.
    """

    revision: int
    fields: Mapping[Role, frozenset[str]]
    on_acceptance: frozenset[str] | None = None

    def allows(self, role: Role, name: str) -> bool:
        """Whether this role may see this field."""
        return name in self.fields.get(role, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsPolicy:
    """How texts are sent, retried and given up on; `portal` is where the link in a text leads, if people reach it."""

    primary: str = "console"
    fallback: str | None = None
    accept_by: timedelta = timedelta(seconds=10)
    delivered_by: timedelta = timedelta(seconds=45)
    retry: tuple[timedelta, ...] = (timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=9))
    validity: timedelta = timedelta(minutes=5)
    code_digits: int = 2
    code_reuse_after: timedelta = timedelta(days=7)
    portal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemPolicy:
    """On which serial port the mobile modem is; None: nobody said."""

    port: str | None = None
    baud: int = 115_200


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerPolicy:
    """What speaks to the resident, in which voice, on which sound device."""

    primary: str = "console"
    language: str = "en-gb"
    words_per_minute: int = 140
    device: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPolicy:
    """Which ntfy server takes pushes, and what a tap on one opens."""

    primary: str = "none"
    server: str = "https://ntfy.sh"
    click: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicePolicy:
    """Who rings people up, and for how long."""

    primary: str = "none"
    ring: timedelta = timedelta(seconds=25)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioPolicy:
    """Where Twilio reaches this hub, and on which port that arrives; None: nowhere, and the hub asks instead."""

    public_url: str | None = None
    port: int = 8480


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """How much one person has agreed to bear within seven days; None: no limit was agreed."""

    nights: int | None = None
    messages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPolicy:
    """Who answers the test text, on which days and when, and how long the answer may take."""

    to: str
    every_days: int
    at: time
    answer_within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPolicy:
    """How long faults that can wait are collected before people are told, and the kinds that never wait."""

    digest: timedelta = timedelta(minutes=30)
    never_digest: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of the resident beyond a contact; seen only by roles that consent names."""

    full_name: str
    first_name: str
    address: str | None = None
    key_safe: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Everything home.toml declares. `alarms` is by finding kind; `plans`, `rotas`, `people`, `devices` by name.

    `night` is when a message wakes people; `caps` is by person.

    `key_secrets` names the secret with each encrypted device's key; `hub.household.unlock` puts the keys in.
    """

    id: str
    tz: ZoneInfo
    resident: str
    person: Person
    people: Mapping[str, Contact]
    consent: Consent
    rotas: Mapping[str, Rota]
    plans: Mapping[str, EscalationPolicy]
    alarms: Mapping[str, AlarmPolicy]
    devices: Mapping[str, DeviceSetup]
    home: Home
    sms: SmsPolicy = field(default_factory=SmsPolicy)
    modem: ModemPolicy = field(default_factory=ModemPolicy)
    speaker: SpeakerPolicy = field(default_factory=SpeakerPolicy)
    push: PushPolicy = field(default_factory=PushPolicy)
    voice: VoicePolicy = field(default_factory=VoicePolicy)
    twilio: TwilioPolicy = field(default_factory=TwilioPolicy)
    faults: FaultPolicy = field(default_factory=FaultPolicy)
    canary: CanaryPolicy | None = None
    merge_window: timedelta = timedelta(minutes=3)
    per_person_per_hour: int = 12
    life_plans_exempt: bool = True
    night: tuple[time, time] = (time(22), time(7))
    caps: Mapping[str, Cap] = field(default_factory=dict)
    key_secrets: Mapping[str, str] = field(default_factory=dict)
