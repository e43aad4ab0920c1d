import json

import numpy as np
import pytest
from typer.testing import CliRunner

from devices.cli import app, facts_of
from devices.model import SampleBlock
from tests.fakes import START

RUN = CliRunner()
ROCKER = "55000707017af650002989793001ffffffff37009d"
SEALED = ["bthome", "450aeb84467f85ba0100003188788c"]
BUTTON_MAC, BUTTON_KEY = "b4:35:22:f5:3d:a4", "90bffd73cb6b26ef58a7a8eba9232036"


def lines(*arguments: str) -> list[dict[str, object]]:
    result = RUN.invoke(app, ["decode", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_measure_has_its_unit() -> None:
    assert lines("2a1c", "006e0100ff") == [
        {"device": "2a1c", "quantity": "body_temperature_c", "value": 36.6, "unit": "°C", "quality": 1.0}
    ]


def test_a_press_is_a_trigger() -> None:
    battery, press = lines("bthome", "40005201643a01")
    assert battery["quantity"] == "battery_percent"
    assert press == {"device": "bthome", "trigger": "press", "token": "82"}


def test_an_encrypted_frame_is_read_with_address_and_key() -> None:
    *_, press = lines(*SEALED, "--mac", BUTTON_MAC, "--key", BUTTON_KEY)
    assert press == {"device": BUTTON_MAC.upper(), "trigger": "press", "token": "7/442"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ld2410", "f4f3f2f10d0002aa00c40100dd0124d3015500f8f7f6f5"], {"moving_distance_cm": 452.0, "occupied": 0.0}),
        (["esp3", "55000707017ad50801825dab0001ffffffff360053"], {"open": 1.0}),
        (["esp3", "55000a0701eba5000055080181b7440001ffffffff2d0075"], {"temperature_c": 26.67}),
        (["2A5F", "1c5f005a00200000000057f0"], {"spo2_percent": 95.0, "pulse_bpm": 90.0, "perfusion_percent": 8.7}),
        (["0x2a37", "06ff"], {"heart_rate_bpm": 255.0}),
        (["heart_rate", "06ff"], {"heart_rate_bpm": 255.0}),
        (["2a19", "0x5a"], {"battery_percent": 90.0}),
        (["2a9d", "008838"], {"weight_kg": 72.36}),
        (["ruuvitag", "0512fc5394c37c0004fffc040cac364200cdcbb8334c884f"], {"temperature_c": 24.3, "battery_v": 2.977}),
        (["switchbot", "cb39cdc43d46849c0017005144+6440da020017005144"], {"open": 1.0, "battery_percent": 90.0}),
        (["switchbot", "7340e2003801+c0219ae8bc49695c0038"], {"motion": 1.0, "battery_percent": 98.0}),
        (["switchbot", "7340e2003801"], {"motion": 1.0, "battery_percent": 98.0}),
        (["switchbot_leak", "c43430374c7a4764f96761c4083c0500000000"], {"wet": 1.0, "battery_percent": 100.0}),
        (["mr60", "01000000040a14e4" + "00006841" + "d6"], {"respiration_per_min": 14.5}),
        (["c1001", "53598481000101b35443"], {"occupied": 1.0}),
        (["cms50d", "8628004061"], {"spo2_percent": 97.0, "pulse_bpm": 64.0}),
        (["2a35", "1e790050005c00ea070b18061e004800010000"], {"systolic_mmhg": 121.0, "mean_arterial_mmhg": 92.0}),
    ],
)
def test_every_family_is_read(arguments: list[str], said: dict[str, float]) -> None:
    values = {line.get("quantity"): line.get("value") for line in lines(*arguments)}
    assert said.items() <= values.items()


def test_an_encrypted_sensor_is_read_with_address_and_key() -> None:
    arguments = ["--mac", "54:EF:44:E3:9C:BC", "--key", "5b51a7c91cde6707c9ef18dfda143a58"]
    (smoke,) = lines("xiaomi", "5859970966bc9ce344ef5401081205000000715ebe90", *arguments)
    assert smoke == {"device": "54:EF:44:E3:9C:BC", "quantity": "smoke", "value": 1.0, "unit": "", "quality": 1.0}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["polar", "02009435770000000001f7ffffffe703f8fffeffe503"],
            [[-0.009, -0.001, 0.999], [-0.008, -0.002, 0.997]],
        ),
        (["metamotion", "030416c494a22ad0", "--option", "range_g=4"], [[-1.872, -2.919, -1.495]]),
    ],
)
def test_samples_of_a_stream_are_read(arguments: list[str], expected: list[list[float]]) -> None:
    (block,) = lines(*arguments)
    assert (block["rate_hz"], block["unit"]) == (50.0, "g")
    assert block["samples"] == [pytest.approx(row, abs=0.0006) for row in expected]


def test_the_devices_own_time_is_told() -> None:
    first, *_ = lines("2a5e", "0facf3bef5e8070b1d170839204022000066e3")
    assert (first["value"], first["device_time"]) == (94.0, "2024-11-29T23:08:57")


def test_which_button_is_told() -> None:
    assert lines("esp3", ROCKER, "--option", "profile=F6-02-01") == [
        {"device": "esp3", "trigger": "press", "button": "BI"}
    ]


def test_it_is_told_in_words_to_people() -> None:
    result = RUN.invoke(app, ["decode", "bthome", "40005201643a01"])
    assert result.stdout.splitlines() == [
        "bthome: battery_percent 100 % (quality 1.0)",
        "bthome: trigger press, token 82",
    ]


def test_a_frame_that_says_nothing_is_not_left_without_a_word() -> None:
    result = RUN.invoke(app, ["decode", "2a9d", "00ffff"])
    assert (result.exit_code, result.stdout) == (0, "It can be read, and says nothing that is kept.\n")
    assert lines("2a9d", "00ffff") == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["2a37", "16"], "This frame cannot be read: a heart rate measurement ends after 1 of at least 2 bytes: 16"),
        (["bthome", "xyz"], "the frame must be written in hex digits"),
        (SEALED, "it is encrypted, and the device's key is not known"),
        ([*SEALED, "--key", BUTTON_KEY], "the key is wrong, or it was sent from another address"),
        ([*SEALED, "--key", "12"], "the key must be 16 bytes"),
        ([*SEALED, "--key", "x"], "the key must be written in hex digits"),
        (["esp3", ROCKER, "--option", "profile=F6-99-99"], "profile 'F6-99-99' is not known"),
        (["switchbot", "cb39cdc43d46849c0017005144"], "not a contact, motion or leak sensor"),
        (["switchbot", "7340e2003801+xyz"], "the frame must be written in hex digits"),
        (["cms50d", "0628004061"], "not one whole report"),
        (["polar", "02"], "a packet of samples ends after 1"),
        (["metamotion", "0304", "--option", "rate_hz=60"], "its rate_hz can be 25, 50, 100, 200"),
        (["teapot", "00"], "there is no kind 'teapot'; there are 2a19, 2a1c, 2a35,"),
        (["xaomi", "00"], "there is no kind 'xaomi'; did you mean 'xiaomi'?"),
        (["esp3", ROCKER, "--option", "profle=F6-02-01"], "there is no option 'profle'; did you mean 'profile'?"),
        (["bthome", "40005201643a01", "--option", "colour=red"], "there is no option 'colour'; there are none"),
        (["esp3", ROCKER, "--option", "profile"], "an option is written name=value, like profile=A5-02-05"),
        (["bthome", "40005201643a01", "--mac", "hello"], "the address 'hello' must be like A4:C1:38:00:00:02"),
        (["2a37", "06ff", "--mac", "hello"], "the address 'hello' must be like A4:C1:38:00:00:02"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_reason(arguments: list[str], reason: str) -> None:
    result = RUN.invoke(app, ["decode", *arguments, "--json"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert reason in result.stderr


def test_samples_are_told_with_their_rate() -> None:
    block = SampleBlock(device="wrist", at=START, rate_hz=50.0, acceleration_g=np.zeros((1, 3), np.float32))
    assert facts_of(block) == {"device": "wrist", "samples": [[0.0, 0.0, 0.0]], "rate_hz": 50.0, "unit": "g"}


def test_without_a_command_the_help_is_shown() -> None:
    assert "decode" in RUN.invoke(app, ["--help"]).stdout
