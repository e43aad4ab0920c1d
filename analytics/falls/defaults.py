"""The settings of what notices falls, as shipped."""

from analytics.spec import ASSUMED, SettingSpec

FALLS: dict[str, SettingSpec] = {
    "wearable_fall.asks_per_month": SettingSpec(
        value=2.0,
        unit="times a month",
        words="how often a wearer may be asked after a knock that was no fall",
        low=0.25,
        high=30.0,
        source=ASSUMED,
    ),
    "wearable_fall.acts_per_month": SettingSpec(
        value=0.1,
        unit="times a month",
        words="how often people may be called at once after a knock that was no fall",
        low=0.01,
        high=2.0,
        source=ASSUMED,
    ),
    "long_lie.longest_visit_min": SettingSpec(
        value=60.0,
        unit="minutes",
        words="how long somebody may stay in the bathroom before we ask, until their own visits are known",
        low=20.0,
        high=180.0,
        source=ASSUMED,
    ),
    "long_lie.margin_percent": SettingSpec(
        value=25.0,
        unit="percent",
        words="by how much a visit to the bathroom may be longer than their longest before we ask",
        low=0.0,
        high=200.0,
        source=ASSUMED,
    ),
    "fall_together.stopped_min": SettingSpec(
        value=10.0,
        unit="minutes",
        words="how long nothing at all may move after a knock that alone would not be a reason to ask",
        low=3.0,
        high=60.0,
        source=ASSUMED,
    ),
}
