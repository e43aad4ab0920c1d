"""The kinds of device that are heard by their Bluetooth advertisements."""

from devices.decoders import bthome
from devices.kinds import DeviceKind, Path, Tested, Use
from devices.model import Quantity, TriggerKind

ROWS = (
    DeviceKind(
        name="bthome",
        title="any sensor that speaks BTHome",
        path=Path.ADVERT,
        sources=(bthome.SOURCE,),
        yields=bthome.YIELDS,
        make_decoder=bthome.make,
        interval_s=None,
        battery="coin cell",
        silence_means="its battery is flat, it was taken out of range, or it has nothing to tell",
        tested=Tested.PUBLIC_VECTOR,
    ),
    DeviceKind(
        name="shelly_button",
        title="Shelly BLU Button, worn or on a table",
        path=Path.ADVERT,
        sources=(bthome.SOURCE,),
        yields=frozenset({*TriggerKind, Quantity.BATTERY_PERCENT} - {TriggerKind.FALL}),
        make_decoder=bthome.make,
        interval_s=None,
        battery="CR2032",
        silence_means="nobody pressed it; whether it still could be heard is known only with its beacon mode on",
        tested=Tested.PUBLIC_VECTOR,
        use=Use.BUTTON,
    ),
    DeviceKind(
        name="shelly_motion",
        title="Shelly BLU Motion",
        path=Path.ADVERT,
        sources=(bthome.SOURCE,),
        yields=frozenset({Quantity.MOTION, Quantity.ILLUMINANCE_LX, Quantity.BATTERY_PERCENT, TriggerKind.PRESS}),
        make_decoder=bthome.make,
        interval_s=None,
        battery="CR2477",
        silence_means="nobody moved there, or it is flat or out of range; its beacon mode tells which",
        tested=Tested.PUBLIC_VECTOR,
    ),
    DeviceKind(
        name="shelly_door",
        title="Shelly BLU Door/Window",
        path=Path.ADVERT,
        sources=(bthome.SOURCE,),
        yields=frozenset(
            {
                Quantity.OPEN,
                Quantity.ILLUMINANCE_LX,
                Quantity.ROTATION_DEG,
                Quantity.BATTERY_PERCENT,
                TriggerKind.PRESS,
                TriggerKind.HOLD_PRESS,
            }
        ),
        make_decoder=bthome.make,
        interval_s=None,
        battery="CR2032",
        silence_means="the door was not used, or it is flat or out of range; its beacon mode tells which",
        tested=Tested.PUBLIC_VECTOR,
    ),
)
