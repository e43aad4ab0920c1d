"""The kinds of device that advertise every second or so: SwitchBot's sensors and the RuuviTag."""

from devices.decoders import ruuvitag, switchbot
from devices.kinds import DeviceKind, Path, Tested

_SWITCHBOT = (switchbot.SERVICE, switchbot.COMPANY)

ROWS = (
    DeviceKind(
        name="switchbot",
        title="SwitchBot contact, motion or leak sensor",
        path=Path.ADVERT,
        sources=_SWITCHBOT,
        yields=switchbot.YIELDS,
        make_decoder=switchbot.make,
        interval_s=2.0,
        battery="two AAA",
        silence_means="it is flat or out of range",
        tested=Tested.PUBLIC_VECTOR,
    ),
    DeviceKind(
        name="switchbot_contact",
        title="SwitchBot contact sensor",
        path=Path.ADVERT,
        sources=_SWITCHBOT,
        yields=switchbot.CONTACT_YIELDS,
        make_decoder=switchbot.maker_of(switchbot.Model.CONTACT),
        interval_s=2.0,
        battery="two AAA",
        silence_means="it is flat or out of range",
        tested=Tested.PUBLIC_VECTOR,
    ),
    DeviceKind(
        name="switchbot_motion",
        title="SwitchBot motion sensor",
        path=Path.ADVERT,
        sources=_SWITCHBOT,
        yields=switchbot.MOTION_YIELDS,
        make_decoder=switchbot.maker_of(switchbot.Model.MOTION),
        interval_s=2.0,
        battery="two AAA",
        silence_means="it is flat or out of range",
        tested=Tested.PUBLIC_VECTOR,
    ),
    DeviceKind(
        name="switchbot_leak",
        title="SwitchBot water leak detector",
        path=Path.ADVERT,
        sources=_SWITCHBOT,
        yields=switchbot.LEAK_YIELDS,
        make_decoder=switchbot.maker_of(switchbot.Model.LEAK),
        interval_s=2.0,
        battery="two AAA",
        silence_means="it is flat or out of range",
        tested=Tested.PUBLIC_VECTOR,
    ),
    DeviceKind(
        name="ruuvitag",
        title="RuuviTag, on a fridge door, a medicine box or a wall",
        path=Path.ADVERT,
        sources=(ruuvitag.SOURCE,),
        yields=ruuvitag.YIELDS,
        make_decoder=ruuvitag.make,
        interval_s=1.3,
        battery="CR2477",
        silence_means="it is flat or out of range",
        tested=Tested.PUBLIC_VECTOR,
    ),
)
