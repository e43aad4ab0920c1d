"""The kinds of device that are heard through a broker: what people own already, at Zigbee2MQTT or Home Assistant."""

from devices.decoders import home_assistant, zigbee2mqtt
from devices.kinds import DeviceKind, Path, Tested, Use
from devices.model import Quantity, TriggerKind
from devices.mqtt import SOURCE

ROWS = (
    DeviceKind(
        name="zigbee2mqtt",
        title="any sensor behind Zigbee2MQTT",
        path=Path.MQTT,
        sources=(SOURCE,),
        yields=zigbee2mqtt.YIELDS,
        make_decoder=zigbee2mqtt.make,
        interval_s=None,
        battery="replaceable battery",
        silence_means="its battery is flat, it is out of range, or it has nothing to tell",
        tested=Tested.DESCRIPTION,
    ),
    DeviceKind(
        name="zigbee2mqtt_button",
        title="a button behind Zigbee2MQTT",
        path=Path.MQTT,
        sources=(SOURCE,),
        yields=frozenset({*TriggerKind, Quantity.BATTERY_PERCENT} - {TriggerKind.FALL}),
        make_decoder=zigbee2mqtt.make,
        interval_s=None,
        battery="coin cell",
        silence_means="nobody pressed it, or it is flat or out of range",
        tested=Tested.DESCRIPTION,
        use=Use.BUTTON,
    ),
    DeviceKind(
        name="home_assistant",
        title="any state that Home Assistant publishes, by its option `device_class`",
        path=Path.MQTT,
        sources=(SOURCE,),
        yields=home_assistant.YIELDS,
        make_decoder=home_assistant.make,
        interval_s=None,
        battery=None,
        silence_means="nothing changed, or Home Assistant does not hear it",
        tested=Tested.DESCRIPTION,
        options=home_assistant.OPTIONS,
    ),
)
