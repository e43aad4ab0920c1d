"""The story: Rose Whitaker's Tuesday. Data, and nothing but data. Times are the household's own clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alongside.demo.model import Beat, Deed, Does, Scene, Shows, Until
from devices.model import Quantity, TriggerKind
from hub.model import AlarmState

HOME_TZ = ZoneInfo("Europe/London")
STARTS = datetime(2026, 11, 24, 6, 55, tzinfo=HOME_TZ)

PENDANT = "pendant"
FRONT_DOOR = "front_door"
BEDROOM = "bedroom_motion"
KITCHEN = "kitchen_motion"
LIVING_ROOM = "living_room_motion"
BATHROOM = "bathroom_motion"
BEDSIDE = "bedside_radar"
FRIDGE = "fridge_door"
ARMBAND = "armband"
OXIMETER = "oximeter"
FALL_RADAR = "bathroom_radar"

DAUGHTER = "nadia"
RESIDENT = "rose"

PULSE = "abnormal_pulse"
FALL = "fall"


def moves(device: str) -> Shows:
    """Somebody moves in front of a sensor."""
    return Shows(device=device, what=Quantity.MOTION)


def opens(device: str) -> Shows:
    """A door opens."""
    return Shows(device=device, what=Quantity.OPEN, value=1.0)


def shuts(device: str) -> Shows:
    """A door shuts."""
    return Shows(device=device, what=Quantity.OPEN, value=0.0)


def lies_down(*, lying: bool) -> Shows:
    """Somebody is in bed, or is not."""
    return Shows(device=BEDSIDE, what=Quantity.OCCUPIED, value=float(lying))


def quiet(*moments: tuple[str, Shows]) -> tuple[Beat, ...]:
    """Beats that need no words."""
    return tuple(Beat(at=at, acts=(act,)) for at, act in moments)


def pulse(starts: str, every: timedelta, *beats_per_minute: int) -> tuple[Beat, ...]:
    """The armband speaks, at even distances."""
    first = datetime.strptime(starts, "%H:%M").replace(tzinfo=HOME_TZ)
    return tuple(
        Beat(
            at=f"{first + every * turn:%H:%M:%S}",
            acts=(Shows(device=ARMBAND, what=Quantity.HEART_RATE_BPM, value=float(rate)),),
        )
        for turn, rate in enumerate(beats_per_minute)
    )


HALF_A_MINUTE = timedelta(seconds=30)

MORNING = Scene(
    title="An ordinary morning",
    told=300,
    hurried=1500,
    beats=(
        Beat(
            at="06:56",
            tells="Rose is asleep. The radar by her bed sees that somebody lies there; nothing else moves.",
            acts=(lies_down(lying=True),),
        ),
        Beat(at="07:10", tells="She gets up.", acts=(lies_down(lying=False), moves(BEDROOM))),
        *quiet(("07:12", moves(BATHROOM)), ("07:21", moves(KITCHEN))),
        Beat(at="07:24", tells="Milk for the tea: the fridge door.", acts=(opens(FRIDGE),)),
        *quiet(("07:25", shuts(FRIDGE)), ("07:40", moves(KITCHEN))),
        Beat(
            at="08:00",
            tells="She clips the oximeter on, as every morning.",
            acts=(Shows(device=OXIMETER, what=Quantity.SPO2_PERCENT, value=97),),
        ),
        *quiet(
            ("08:05", moves(LIVING_ROOM)),
            ("08:40", moves(LIVING_ROOM)),
            ("09:10", moves(BATHROOM)),
            ("09:15", moves(KITCHEN)),
            ("09:50", moves(LIVING_ROOM)),
        ),
    ),
)

VISIT = Scene(
    title="A visit",
    told=300,
    hurried=1500,
    beats=(
        Beat(
            at="10:30",
            tells="Joan from next door comes for coffee. A door by day is a door; nobody is told.",
            acts=(opens(FRONT_DOOR),),
        ),
        *quiet(
            ("10:31", shuts(FRONT_DOOR)),
            ("10:32", moves(LIVING_ROOM)),
            ("10:36", moves(KITCHEN)),
            ("10:37", opens(FRIDGE)),
            ("10:38", shuts(FRIDGE)),
            ("11:00", moves(LIVING_ROOM)),
            ("11:20", moves(LIVING_ROOM)),
        ),
        Beat(at="11:40", tells="Joan goes home.", acts=(opens(FRONT_DOOR),)),
        *quiet(
            ("11:41", shuts(FRONT_DOOR)),
            ("12:20", moves(KITCHEN)),
            ("12:24", opens(FRIDGE)),
            ("12:25", shuts(FRIDGE)),
            ("13:05", moves(LIVING_ROOM)),
            ("13:40", moves(LIVING_ROOM)),
            ("13:54", moves(LIVING_ROOM)),
        ),
    ),
)

RACING_PULSE = Scene(
    title="A pulse that drifts up",
    told=60,
    hurried=240,
    beats=(
        Beat(at="13:55", tells="Rose puts her armband on and fetches the vacuum cleaner.", acts=(moves(LIVING_ROOM),)),
        *pulse("13:56", HALF_A_MINUTE, 74, 76, 79, 83, 88, 92, 97, 101, 106, 111, 115, 119, 122, 124, 126, 127),
        Beat(at="14:03:50", tells="Faster than her usual, and it lasts.", acts=(moves(LIVING_ROOM),)),
    ),
)

ASKED = Scene(
    title="She is asked first",
    told=8,
    hurried=30,
    beats=(
        *pulse("14:04", timedelta(seconds=10), 128, 127),
        Beat(
            after=Until(alarm=PULSE, state=AlarmState.CHECKIN),
            pause=timedelta(seconds=20),
            tells="She laughs, and presses her pendant twice: I am fine.",
            acts=(Shows(device=PENDANT, what=TriggerKind.DOUBLE_PRESS),),
        ),
        Beat(
            after=Until(alarm=PULSE, state=AlarmState.CANCELLED),
            tells="Nobody else was disturbed. She says why it was wrong, and that becomes part of the record.",
            acts=(Does(who=RESIDENT, deed=Deed.SAYS_WRONG, alarm=PULSE, words="I was only hoovering."),),
        ),
    ),
)

SETTLES = Scene(
    title="It settles",
    told=60,
    hurried=240,
    beats=(
        *pulse("14:12", HALF_A_MINUTE, 118, 109, 101, 94, 88, 83, 79, 77, 76, 75),
        Beat(at="14:17", tells="Her pulse has come down again. There is nothing more to say."),
    ),
)

AFTERNOON = Scene(
    title="The afternoon",
    told=900,
    hurried=2500,
    beats=(
        *quiet(("14:40", moves(KITCHEN)), ("15:10", moves(LIVING_ROOM)), ("15:45", moves(LIVING_ROOM))),
        Beat(at="16:00", tells="Tea, and the radio.", acts=(moves(KITCHEN),)),
        *quiet(
            ("16:04", opens(FRIDGE)),
            ("16:05", shuts(FRIDGE)),
            ("16:50", moves(LIVING_ROOM)),
            ("17:30", moves(KITCHEN)),
            ("18:00", moves(LIVING_ROOM)),
            ("18:19", moves(BATHROOM)),
        ),
    ),
)

A_FALL = Scene(
    title="A fall",
    told=10,
    hurried=40,
    beats=(
        Beat(at="18:19:30", acts=(Shows(device=FALL_RADAR, what=Quantity.OCCUPIED),)),
        Beat(
            at="18:20",
            tells="A thud in the bathroom. The fall radar reports it.",
            acts=(Shows(device=FALL_RADAR, what=TriggerKind.FALL),),
        ),
        Beat(
            after=Until(alarm=FALL, state=AlarmState.CHECKIN),
            pause=timedelta(seconds=10),
            tells="She does not answer.",
        ),
        Beat(
            after=Until(alarm=FALL, state=AlarmState.ESCALATING, texted=DAUGHTER),
            pause=timedelta(seconds=40),
            tells="Nadia is on call today. She reads the text, and answers.",
            acts=(Does(who=DAUGHTER, deed=Deed.TEXTS, alarm=FALL, words="1"),),
        ),
        Beat(
            after=Until(alarm=FALL, state=AlarmState.ACKNOWLEDGED),
            pause=timedelta(seconds=5),
            tells="She is on her way, so nobody else is called.",
        ),
    ),
)

HELP = Scene(
    title="Help",
    told=60,
    hurried=240,
    beats=(
        Beat(at="18:29", tells="Nadia's key in the door.", acts=(opens(FRONT_DOOR),)),
        Beat(at="18:29:20", acts=(shuts(FRONT_DOOR), Does(who=DAUGHTER, deed=Deed.ARRIVES, alarm=FALL))),
        Beat(after=Until(alarm=FALL, state=AlarmState.ATTENDING), pause=timedelta(minutes=1), acts=(moves(BATHROOM),)),
        Beat(
            at="18:40",
            tells="Rose is on her feet again.",
            acts=(
                Shows(device=FALL_RADAR, what=TriggerKind.FALL, value=0),
                Shows(device=FALL_RADAR, what=Quantity.OCCUPIED, value=0),
                moves(LIVING_ROOM),
            ),
        ),
        Beat(
            at="18:45",
            tells="Nadia closes the alarm and says how it ended.",
            acts=(
                Does(
                    who=DAUGHTER,
                    deed=Deed.CLOSES,
                    alarm=FALL,
                    words="She slipped on the wet floor. A bruise, nothing broken. We will fit a rail.",
                ),
            ),
        ),
        Beat(after=Until(alarm=FALL, state=AlarmState.RESOLVED), tells="Closed by a person, with an outcome."),
        Beat(at="18:50", acts=(moves(KITCHEN),)),
    ),
)

DAY = (MORNING, VISIT, RACING_PULSE, ASKED, SETTLES, AFTERNOON, A_FALL, HELP)
