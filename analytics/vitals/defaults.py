"""The settings of what notices vital signs, as shipped."""

from analytics.spec import ASSUMED, SettingSpec

_RCP = "Royal College of Physicians, NEWS2 (2017)"
_WATCHED = (
    "our own judgement: hospitals measure a stable person every 12 hours, and a home changes faster than it is told"
)
_VALID: dict[str, tuple[str, float]] = {
    "respiration": ("a rate of breathing", 60.0),
    "spo2": ("a blood oxygen level", 60.0),
    "pulse": ("a pulse", 60.0),
    "systolic": ("a blood pressure", 360.0),
    "temperature": ("a body temperature", 360.0),
    "consciousness": ("what was seen of how alert somebody is", 360.0),
    "oxygen": ("what was said of oxygen being given", 1_440.0),
}

NEWS2: dict[str, SettingSpec] = {
    "news2.applies": SettingSpec(
        value=1.0,
        unit="(1 yes, 0 no)",
        words="whether the early-warning score is worked out: not for anybody under 16 or pregnant",
        low=0.0,
        high=1.0,
        source=_RCP,
    ),
    "news2.spo2_scale": SettingSpec(
        value=1.0,
        unit="(1 or 2)",
        words="which scale blood oxygen is scored on: 2 only by a clinician's decision, for a target of 88 to 92 %",
        low=1.0,
        high=2.0,
        source=_RCP,
    ),
    "news2.on_oxygen": SettingSpec(
        value=-1.0,
        unit="(-1 not known, 0 air, 1 oxygen)",
        words="whether oxygen is given at home; until somebody says so the score stays partial",
        low=-1.0,
        high=1.0,
        source="nobody has said so yet",
    ),
    "news2.min_quality": SettingSpec(
        value=0.7,
        unit="share",
        words="how good the sensor itself must call a reading before it is scored (0 to 1)",
        low=0.0,
        high=1.0,
        source="the example household",
    ),
    "news2.sustained_s": SettingSpec(
        value=60.0,
        unit="seconds",
        words="how long a reading that scores 2 or 3 must be confirmed by others",
        low=10.0,
        high=900.0,
        source=ASSUMED,
    ),
    "news2.confirm_within_min": SettingSpec(
        value=15.0,
        unit="minutes",
        words="how far apart two readings may be and still confirm each other's score",
        low=1.0,
        high=60.0,
        source=ASSUMED,
    ),
    "news2.settle_min": SettingSpec(
        value=30.0,
        unit="minutes",
        words="how long the score must call for nothing before it counts as a new episode",
        low=5.0,
        high=240.0,
        source=ASSUMED,
    ),
} | {
    f"news2.valid_{name}_min": SettingSpec(
        value=minutes,
        unit="minutes",
        words=f"how old {what} may be and still be scored",
        low=5.0,
        high=1_440.0,
        source=_WATCHED,
    )
    for name, (what, minutes) in _VALID.items()
}

_APPLE = (
    "the rule of the Apple Heart Study (Perez et al., N Engl J Med 381:1909, 2019): 5 of 6 within 48 hours; how far "
    "apart is our own judgement"
)
RHYTHM: dict[str, SettingSpec] = {
    "irregular_pulse.told": SettingSpec(
        value=1.0,
        unit="(1 yes, 0 no)",
        words="whether an uneven pulse is told: not of somebody whose fibrillation is known and looked after",
        low=0.0,
        high=1.0,
        source=ASSUMED,
    ),
    "irregular_pulse.every_min": SettingSpec(
        value=5.0,
        unit="minutes",
        words="how often a minute of heartbeats is looked at",
        low=2.0,
        high=120.0,
        source=_APPLE,
    ),
    "irregular_pulse.of": SettingSpec(
        value=6.0,
        unit="minutes of heartbeats",
        words="among how many of the last minutes looked at, within 48 hours",
        low=4.0,
        high=24.0,
        source=_APPLE,
    ),
    "irregular_pulse.irregular": SettingSpec(
        value=5.0,
        unit="minutes of heartbeats",
        words="how many must be uneven before anybody is told",
        low=3.0,
        high=24.0,
        source=_APPLE,
    ),
}

_LIMITS: dict[str, tuple[str, str, float]] = {
    "pulse": ("resting pulse", "beats a minute", 200.0),
    "spo2": ("blood oxygen level", "percent", 100.0),
    "systolic": ("upper blood pressure", "mmHg", 260.0),
    "diastolic": ("lower blood pressure", "mmHg", 160.0),
    "temperature": ("body temperature", "°C", 42.0),
    "weight": ("weight", "kg", 300.0),
}
UNUSUAL: dict[str, SettingSpec] = {
    "unusual_vitals.sure_percent": SettingSpec(
        value=95.0,
        unit="percent",
        words="how sure it must be that a measurement which is not as usual is more than ups and downs",
        low=80.0,
        high=99.0,
        source=ASSUMED,
    ),
    "unusual_vitals.weight_gain_kg": SettingSpec(
        value=2.0,
        unit="kg",
        words="from what gain of weight within 3 days on we tell somebody",
        low=1.0,
        high=5.0,
        source="what people with heart failure are told to watch for: more than 2 kg in 3 days (ESC guideline, 2021)",
    ),
    "unusual_vitals.temperature_rise_c": SettingSpec(
        value=1.0,
        unit="°C",
        words="from what rise of body temperature within 3 days on we tell somebody",
        low=0.5,
        high=2.0,
        source=ASSUMED,
    ),
    "unusual_vitals.pulse_rise_bpm": SettingSpec(
        value=10.0,
        unit="beats a minute",
        words="from what rise of the resting pulse within 7 days on we tell somebody",
        low=5.0,
        high=30.0,
        source=ASSUMED,
    ),
} | {
    f"unusual_vitals.{name}_{side}": SettingSpec(
        value=0.0,
        unit=f"{unit} (0: learnt)",
        words=f"a limit for the {what}, decided for this person, at or {where} which we tell somebody",
        low=0.0,
        high=high,
        source="nobody has decided one: what is usual is learnt",
    )
    for name, (what, unit, high) in _LIMITS.items()
    for side, where in (("low", "below"), ("high", "above"))
}

VITALS: dict[str, SettingSpec] = NEWS2 | RHYTHM | UNUSUAL
