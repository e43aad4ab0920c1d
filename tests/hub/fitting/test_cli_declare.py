"""Devices are declared and taken out: by options alone, and guided by what can be heard."""

import asyncio
import sqlite3
from pathlib import Path

import aiomqtt
import pytest
import typer

from devices.simulated import frames_bthome
from devices.simulated.ble_devices import SimulatedAdvertiser
from devices.simulated.bluez import EmulatedBlueZ
from devices.simulated.mosquitto import Mosquitto
from hub.fitting.cli_declare import put_in_force
from hub.household import parse
from hub.store.writer import Store
from tests.devices.ble_rig import CLOCK, again_and_again
from tests.hub.fitting.rig import run, run_beside
from tests.hub.homes import HOME, settle_in

NEW = "A4:C1:38:00:00:77"
BY_OPTIONS = ("add", "hall motion", "--kind", "shelly_motion", "--address", NEW)
KEY = "00112233445566778899aabbccddeeff"


def stored(db: Path) -> tuple[str, str]:
    """The household in force, and who put it there."""
    connection = sqlite3.connect(db)
    row = connection.execute("SELECT document, applied_by FROM household ORDER BY revision DESC").fetchone()
    connection.close()
    return row[0], row[1]


def test_by_options_alone(db: Path) -> None:
    done = run(*BY_OPTIONS, "--room", "kitchen", "--by", "fitter")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("hall_motion is declared: Shelly BLU Motion in the kitchen (revision 2).\n")
    document, by = stored(db)
    assert by == "fitter"
    assert parse(document).devices["hall_motion"].address == NEW


def test_a_file_is_changed_and_keeps_its_comments(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "home.toml"
    file.write_text("# my home\n" + HOME)
    done = run(*BY_OPTIONS, "--file", str(file))
    assert done.exit_code == 0, done.output
    assert file.read_text() == stored(db)[0]
    assert file.read_text().startswith("# my home\n")
    assert "writes it out" not in done.stdout
    assert run("remove", "hall_motion", "--yes", "--file", str(file)).exit_code == 0
    assert file.read_text().strip() == ("# my home\n" + HOME).strip()


def test_a_file_that_cannot_be_written_is_told(db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "home.toml"
    file.write_text(HOME)

    def change(text: str) -> str:
        file.unlink()
        file.mkdir()
        return text + "# and more\n"

    with pytest.raises(typer.Exit):
        put_in_force(change, file, db, "fitter")
    assert capsys.readouterr().err.startswith(f"It is in force, but {file} could not be written: Is a directory")
    assert stored(db)[0].endswith("# and more\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--kind", "shelly_motin"), "There is no kind 'shelly_motin'; did you mean 'shelly_motion'?"),
        (("--address", "hello"), "the address 'hello' must be like A4:C1:38:00:00:02."),
        (("--room", "kichen"), "There is no room 'kichen'; did you mean 'kitchen'? `--new-room` makes a new one."),
        (("--person", "edit"), "there is no person 'edit'; did you mean 'edith'?"),
        (("--option", "colour=red"), "there is no option 'colour'; there are none."),
        (("--option", "colour"), "An option is written name=value"),
        (("--key", "12"), "the key must be 16 bytes"),
        (("--key", "xyz"), "The key must be written in hexadecimal digits"),
        (("--address", "A4:C1:38:00:00:03"), "this is the address of 'kitchen_motion' already."),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(db: Path, words: tuple[str, ...], reason: str) -> None:
    before = stored(db)
    done = run(*BY_OPTIONS, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert reason in done.stderr
    assert stored(db) == before


def test_a_name_that_is_taken_is_refused(db: Path) -> None:
    assert db.exists()
    done = run("add", "pendant", "--kind", "shelly_button", "--address", NEW)
    assert done.stderr == "There is a device 'pendant' already; give this one another name.\n"


def test_the_first_in_a_room_is_said_to_be(db: Path) -> None:
    assert run(*BY_OPTIONS, "--room", "hall", "--new-room").exit_code == 0
    assert parse(stored(db)[0]).devices["hall_motion"].room == "hall"


def test_a_key_is_named_and_not_kept(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALONGSIDE_HALL_MOTION_KEY", raising=False)
    done = run(*BY_OPTIONS, "--key", KEY)
    assert "Set ALONGSIDE_HALL_MOTION_KEY to its key where the hub runs" in done.stdout
    assert KEY not in done.output + db.read_bytes().decode(errors="replace")
    assert parse(stored(db)[0]).key_secrets["hall_motion"] == "hall_motion_key"
    run("remove", "hall_motion", "--yes")
    monkeypatch.setenv("ALONGSIDE_HALL_MOTION_KEY", KEY)
    assert "Set ALONGSIDE" not in run(*BY_OPTIONS, "--key", KEY).stdout


def test_without_a_home_there_is_nothing_to_add_to(no_home: Path) -> None:
    assert not no_home.exists()
    done = run(*BY_OPTIONS)
    assert done.exit_code == 2
    assert "no household was declared yet" in done.stderr.lower()


def test_an_empty_database_is_no_home_yet(no_home: Path) -> None:
    Store.open(no_home).shut()
    assert "no household was declared yet" in run(*BY_OPTIONS).stderr.lower()


async def test_guided_by_what_is_heard(bluez: EmulatedBlueZ, db: Path) -> None:
    motion = SimulatedAdvertiser(bluez, NEW)
    async with again_and_again(lambda: motion.advertise(frames_bthome.service_data({"motion": 1}, 3))):
        typed = "7\n1\n\nhall motion\nkichen\nn\nkitchen\n"
        done = await run_beside("add", "--seconds", "0.4", typed=typed)
    assert done.exit_code == 0, done.output
    assert "  1  A4:C1:38:00:00:77" in done.stdout
    assert "Please give a number from 0 to 1." in done.stdout
    assert "did you mean 'kitchen'?" in done.stdout
    setup = parse(stored(db)[0]).devices["hall_motion"]
    assert (setup.kind, setup.room) == ("shelly_motion", "kitchen")


@pytest.mark.parametrize(("key", "fits"), [(KEY, True), ("f" * 32, False)])
async def test_guided_with_a_key_that_must_fit(bluez: EmulatedBlueZ, db: Path, key: str, *, fits: bool) -> None:
    button = SimulatedAdvertiser(bluez, NEW)
    seal = frames_bthome.Seal(key=bytes.fromhex(KEY), mac=NEW, counter=7)
    frame = frames_bthome.service_data({"button": 1}, 3, seal)
    async with again_and_again(lambda: button.advertise(frame)):
        typed = f"1\nshelly_button\nspare\n\nedith\n{key}\n"
        done = await run_beside("add", "--seconds", "0.4", typed=typed)
    assert (done.exit_code == 0) is fits
    assert ("What was heard of it cannot be read with this key." in done.stderr) is not fits
    assert ("spare" in parse(stored(db)[0]).devices) is fits
    assert key not in done.stdout


def test_guided_by_a_broker_with_its_options_filled_in(no_home: Path) -> None:
    async def guided() -> None:
        async with Mosquitto(no_home.parent, CLOCK.sleep) as mosquitto:
            url, config = mosquitto.broker.url, b'{"name":"Hall","stat_t":"esp/hall","dev_cla":"motion","pl_on":"JA"}'
            async with aiomqtt.Client(mosquitto.broker.host, mosquitto.broker.port) as client:
                await client.publish("homeassistant/binary_sensor/hall/config", config, retain=True)
            old = f'kind = "zigbee2mqtt"\naddress = "zigbee2mqtt/x"\noptions = {{ broker = "{url}" }}\n'
            settle_in(no_home, f"{HOME}[devices.old]\n{old}")
            done = await run_beside("add", "--seconds", "0.4", typed="1\n\n\n\n")
            assert done.exit_code == 0, done.output
            setup = parse(stored(no_home)[0]).devices["hall"]
            assert (setup.kind, setup.address) == ("home_assistant", "esp/hall")
            assert setup.options == {"device_class": "motion", "on": "JA", "broker": url}

    asyncio.run(guided())


def test_guided_where_nothing_is_heard(db: Path) -> None:
    typed = f"shelly_button\n{NEW}\nspare\nhall\n\ny\n"
    done = run("add", "--seconds", "0.1", typed=typed)
    assert done.exit_code == 0, done.output
    assert "Nothing new was heard that I know." in done.stdout
    assert parse(stored(db)[0]).devices["spare"].room == "hall"


def test_guided_to_a_kind_that_is_not_there(db: Path) -> None:
    assert db.exists()
    done = run("add", "--address", NEW, typed="shely_button\n")
    assert "There is no kind 'shely_button'; did you mean 'shelly_button'?" in done.stderr


def test_it_is_asked_before_a_device_is_taken_out(db: Path) -> None:
    assert run("remove", "pendant", typed="n\n").exit_code == 1
    assert "pendant" in parse(stored(db)[0]).devices
    done = run("remove", "pendant", typed="y\n")
    assert "pendant is no longer part of this home (revision 2). What it said stays stored." in done.stdout
    assert "pendant" not in parse(stored(db)[0]).devices


def test_what_is_not_there_cannot_be_taken_out(db: Path) -> None:
    assert db.exists()
    done = run("remove", "pendnt", "--yes")
    assert (done.exit_code, done.stderr) == (2, "There is no device 'pendnt'; did you mean 'pendant'?\n")


def test_what_a_plan_needs_cannot_be_taken_out_unseen(db: Path, tmp_path: Path) -> None:
    assert db.exists()
    file = tmp_path / "home.toml"
    file.write_text("nonsense")
    assert run("remove", "pendant", "--yes", "--file", str(file)).exit_code == 2
