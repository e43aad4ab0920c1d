"""The portal as a program of its own: where it serves, what it refuses to show, how it stops."""

import socket
import sys
from pathlib import Path

import httpx
from streamlit import config
from typer.testing import CliRunner

from carer_portal.cli import app
from carer_portal.serve import HOST, PINNED, SCRIPT, listen
from tests.carer_portal.home import MadeHome
from tests.carer_portal.served import portal


def test_it_says_where_it_is_answers_there_and_stops_cleanly(home: MadeHome) -> None:
    home.all_is_well()
    with portal(home.path) as (process, said, address):
        assert said == [f"The portal is at {address} (press Ctrl-C to stop).\n"]
        assert address.startswith(f"http://{HOST}:")
        base, _, token = address.partition("/enter/")
        with httpx.Client(base_url=base, timeout=30) as client:
            assert client.get("/_stcore/health").text == "ok"
            assert client.get("/_stcore/health", headers={"Host": "evil.example"}).status_code == 400
            changes = {"seen": -1, "until": 2**53}
            assert client.get("/portal/changes", params=changes).status_code == 401
            entered = client.get(f"/enter/{token}")
            assert (entered.status_code, entered.headers["location"]) == (303, "/")
            assert client.get("/portal/changes", params=changes).json() == {"moved": True}
        process.terminate()
        assert process.wait(10) == 0


def test_a_port_that_is_taken_is_said_and_another_is_used(home: MadeHome) -> None:
    home.all_is_well()
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with portal(home.path, port, viewer=None) as (_process, said, address):
            assert said[0].startswith("Note: nobody has joined yet; `alongside portal invite NAME`")
            assert said[1].startswith(f"Port {port} is taken; the portal takes ")
            assert f":{port}/" not in address
            assert httpx.get(f"{address}_stcore/health", timeout=30).text == "ok"


def test_a_port_that_is_free_is_used() -> None:
    listening, wanted = listen(0)
    with listening:
        assert wanted
        assert listening.getsockname()[0] == HOST


def test_every_pinned_option_is_one_that_streamlit_has() -> None:
    assert set(PINNED) <= set(config.get_config_options())


def test_no_module_here_hides_a_package_since_streamlit_puts_this_folder_first() -> None:
    here = {path.stem for path in SCRIPT.parent.glob("*.py")} | {"views"}
    assert not here & set(sys.stdlib_module_names)
    elsewhere = {name for folder in map(Path, sys.path) if folder.is_dir() for name in _names(folder)}
    assert not here & elsewhere


def _names(folder: Path) -> set[str]:
    if folder == SCRIPT.parent:
        return set()
    return {path.name.partition(".")[0] for path in folder.iterdir() if path.suffix in ("", ".py", ".so")}


def test_a_name_that_nobody_has_is_refused(home: MadeHome) -> None:
    home.set_up()
    done = CliRunner().invoke(app, ["--db", str(home.path), "--as", "georgina"])
    assert done.exit_code == 2
    assert done.stderr.startswith("There is no 'georgina' in this household; its people are ")


def test_a_home_that_is_not_set_up_is_noted_and_its_page_served(tmp_path: Path) -> None:
    with portal(tmp_path / "none.sqlite3", viewer=None) as (_, said, address):
        assert said[0].startswith("Note: no household has been set up here yet")
        answer = httpx.get(f"{address}sign-in", timeout=30)
        assert answer.status_code == 200
