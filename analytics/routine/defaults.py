"""The settings of what is learnt of a home, and of its safety."""

from analytics.spec import ASSUMED, SettingSpec

ROUTINE: dict[str, SettingSpec] = {
    "home_danger.left_on_min": SettingSpec(
        value=90.0,
        unit="minutes",
        words="how long an appliance may draw power with nobody moving in its room before we tell somebody",
        low=15.0,
        high=720.0,
        source=ASSUMED,
    ),
    "routine_change.times": SettingSpec(
        value=2.0,
        unit="times",
        words="how many times as much, or as little, of something three days must have before we tell somebody",
        low=1.3,
        high=5.0,
        source="assumed; how often it tells in recorded homes is in docs/assumptions/routine_change.md",
    ),
    "home_climate.cold_c": SettingSpec(
        value=16.0,
        unit="°C",
        words="below what temperature a home is too cold for somebody who is in",
        low=10.0,
        high=21.0,
        source="16 °C is what public guidance for older people at home takes for too cold; to be set with the resident",
    ),
    "home_climate.hot_c": SettingSpec(
        value=30.0,
        unit="°C",
        words="above what temperature a home is too hot for somebody who is in",
        low=25.0,
        high=38.0,
        source=ASSUMED,
    ),
    "home_climate.damp_percent": SettingSpec(
        value=80.0,
        unit="percent",
        words="above what humidity a home is too damp",
        low=60.0,
        high=95.0,
        source=ASSUMED,
    ),
}
