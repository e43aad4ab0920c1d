"""The shape of home.toml: what pydantic checks before anything is made of it."""

from datetime import date, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field, StrictBool, StrictInt, StrictStr

from analytics.model import Answer, FindingKind
from devices.model import TriggerKind
from hub.household.document_channels import CanaryTable, ChannelsTable
from hub.household.values import ClockTime, Duration, Fields, LocalTime, Table, Text, Value
from hub.model import CancelRule, Provenance, Role

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
Competence = Literal["first_aid", "resuscitation", "lifting", "dementia", "nursing"]
"""What a community responder may be asked for."""
Cap = Annotated[StrictInt, Field(ge=0)] | None
"""How often within seven days; left out: as often as need be."""


class HouseholdTable(Table):
    """Which home this is."""

    id: Text
    tz: Text
    resident: Text
    occupants: Annotated[StrictInt, Field(ge=1, le=9)] = 1


class ResidentTable(Table):
    """What is known of the resident beyond a contact."""

    name: Text | None = None
    first_name: Text | None = None
    birth_date: date | None = None
    address: Text | None = None
    key_safe: Text | None = None


class AddressTable(Table):
    """One way to reach somebody."""

    id: Text
    to: StrictStr = ""


class ResponderTable(Table):
    """What a neighbour has agreed to who may be called to somebody in need: since when, for what, how far they go."""

    consented: date
    competence: tuple[Competence, ...] = ()
    distance_m: Annotated[StrictInt, Field(ge=0, le=50_000)]
    radius_m: Annotated[StrictInt, Field(ge=50, le=50_000)]


class PersonTable(Table):
    """Somebody of the household."""

    role: Role
    name: Text | None = None
    key_holder: StrictBool = False
    nights_per_week: Cap = None
    messages_per_week: Cap = None
    responder: ResponderTable | None = None
    channels: tuple[AddressTable, ...] = ()


class ConsentTable(Table):
    """Which fields each role may see; what is not listed is denied. The resident sees everything of her own.

    Where `responders_after_acceptance` is there, the resident approves of calling community responders, and whoever of
    them is on the way may see what it lists.
    """

    revision: Annotated[StrictInt, Field(ge=1)]
    family: Fields = ()
    neighbour: Fields = ()
    clinician: Fields = ()
    facilitator: Fields = ()
    operator: Fields = ()
    arc: Fields = ()
    responders_after_acceptance: tuple[Literal["address", "key_safe"], ...] | None = None


class LayerTable(Table):
    """One layer of a rota."""

    who: Text
    days: tuple[Day, ...] = DAYS
    start: Annotated[ClockTime | None, Field(alias="from")] = None
    end: Annotated[ClockTime | None, Field(alias="to")] = None
    default: StrictBool = False


class OverrideTable(Table):
    """Somebody stands in."""

    who: Text
    start: Annotated[LocalTime, Field(alias="from")]
    end: Annotated[LocalTime, Field(alias="to")]


class RotaTable(Table):
    """Who is on call when."""

    layers: tuple[LayerTable, ...]
    overrides: tuple[OverrideTable, ...] = ()


class NotifyTable(Table):
    """Whom one step tells."""

    via: Annotated[tuple[Text, ...], Field(min_length=1)]
    who: Text | None = None
    rota: Text | None = None
    role: Role | None = None
    tier: Literal["responders"] | None = None
    competence: Competence | None = None
    mode: Literal["all", "first_accepted"] = "all"


class StepTable(Table):
    """One step of a plan."""

    id: Text
    wait: Duration
    notify: Annotated[tuple[NotifyTable, ...], Field(min_length=1)]
    when: Text | None = None


class PlanTable(Table):
    """How an alarm is escalated."""

    rounds: Annotated[StrictInt, Field(ge=1, le=20)]
    ack_timeout: Duration
    attend_timeout: Duration = timedelta(minutes=45)
    exhausted_retry: Duration
    steps: Annotated[tuple[StepTable, ...], Field(min_length=1)]


class CheckInTable(Table):
    """How the resident is asked first. Silence always escalates: the word is there to be read."""

    window: Duration
    prompts: Annotated[StrictInt, Field(ge=1, le=10)] = 1
    resident_cancel: CancelRule = CancelRule.BUTTON_OR_PHRASE
    silence: Literal["escalate"] = "escalate"


class HoursTable(Table):
    """During which hours."""

    start: Annotated[ClockTime, Field(alias="from")]
    end: Annotated[ClockTime, Field(alias="to")]


class ConfirmTable(Table):
    """How a vital sign is confirmed before anybody is told."""

    readings: StrictInt | None = None
    within: Duration | None = None
    min_quality: float | None = None


class HoldTable(Table):
    """How a centre holds back when very many homes go silent at once."""

    ratio: Annotated[float, Field(gt=0, le=1)]
    max: Duration


class AlarmTable(Table):
    """What one kind of finding becomes."""

    severity: Annotated[StrictInt, Field(ge=1, le=10)]
    plan: Text
    check_in: CheckInTable = CheckInTable(window=timedelta(0))
    belongs_to: Literal["family", "all"] | None = None
    active: HoursTable | None = None
    confirm: ConfirmTable | None = None
    evaluated_by: Literal["hub", "centre"] = "hub"
    heartbeat: Duration | None = None
    grace: Duration | None = None
    mass_outage_hold: HoldTable | None = None
    digest: Duration | None = None
    never_digest: tuple[Text, ...] = ()


class LimitsTable(Table):
    """How much one person is told."""

    per_person_per_hour: Annotated[StrictInt, Field(ge=1)] = 12
    nights_per_week: Cap = None
    messages_per_week: Cap = None
    night: HoursTable = HoursTable.model_validate({"from": "22:00", "to": "07:00"})
    life_plans_exempt: StrictBool = True
    over_limit: Literal["merge_into_digest"] = "merge_into_digest"


class IncidentTable(Table):
    """What belongs together."""

    merge_window: Duration = timedelta(minutes=3)
    severity: Literal["only_rises"] = "only_rises"


class DeviceTable(Table):
    """One sensor."""

    kind: Text
    address: Text
    name: Text | None = None
    room: Text | None = None
    person: Text | None = None
    key_secret: Text | None = None
    outer_door: StrictBool = False
    bed: StrictBool = False
    answers: dict[TriggerKind, Answer] = Field(default_factory=dict)
    port: Text | None = None
    options: dict[str, StrictStr] = Field(default_factory=dict)


class ChoiceTable(Table):
    """A setting that somebody chose."""

    value: Value
    by: Text | None = None
    because: Text | None = None
    provenance: Provenance | None = None
    reference: Text | None = None
    review_at: date | None = None


class Document(Table):
    """The whole file, its settings under dotted keys."""

    schema_: Annotated[Literal["alongside.household/1"], Field(alias="schema")]
    household: HouseholdTable
    resident: ResidentTable = ResidentTable()
    people: dict[str, PersonTable]
    consent: ConsentTable
    rotas: dict[str, RotaTable] = Field(default_factory=dict)
    plans: dict[str, PlanTable]
    alarms: dict[FindingKind, AlarmTable]
    channels: ChannelsTable = ChannelsTable()
    limits: LimitsTable = LimitsTable()
    incident: IncidentTable = IncidentTable()
    canary: CanaryTable | None = None
    devices: dict[str, DeviceTable] = Field(default_factory=dict)
    settings: dict[str, ChoiceTable] = Field(default_factory=dict)
