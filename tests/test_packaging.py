"""The packages bear common names, so guard them; and what is shipped must be whole."""

import importlib.util
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("alongside", "carer_portal", "co_design", "hub", "analytics", "devices")


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_ships_a_package_of_our_name(room: str) -> None:
    owners = set(metadata.packages_distributions().get(room, []))
    assert owners <= {"alongside"}, f"{owners - {'alongside'}} ships a package named {room} too"


@pytest.mark.parametrize("room", ROOMS)
def test_the_name_means_our_package(room: str) -> None:
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.origin == str(ROOT / room / "__init__.py")


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_else_on_the_path_bears_our_name(room: str) -> None:
    others = [Path(entry) / room for entry in sys.path if entry and Path(entry).resolve() != ROOT]
    assert [str(other) for other in others if other.is_dir() or other.with_suffix(".py").exists()] == []


def test_no_portal_module_bears_the_name_of_a_package() -> None:
    """Streamlit puts the portal's folder first on the path, so such a module would hide the package."""
    assert {path.stem for path in (ROOT / "carer_portal").glob("*.py")}.isdisjoint({*ROOMS, "tests", "benchmarks"})


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as whole:
        yield whole


def test_the_wheel_holds_every_file_of_every_room(wheel: zipfile.ZipFile) -> None:
    tracked = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, check=True, capture_output=True, text=True)
    assert set(tracked.stdout.split()) <= set(wheel.namelist())


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)


def test_the_wheel_says_its_licence_and_its_command(wheel: zipfile.ZipFile) -> None:
    named = {Path(name).name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert "Apache License" in named["LICENSE"]
    assert "alongside = alongside.cli:main" in named["entry_points.txt"]


def licence_of(distribution: metadata.Distribution) -> str:
    """What a distribution says of its licence, in its field or its classifiers."""
    said = distribution.metadata
    lines = [line for name in ("License-Expression", "License") for line in said.get_all(name) or []]
    classifiers = [line for line in said.get_all("Classifier") or [] if line.startswith("License")]
    return " ".join([line.split("\n")[0] for line in [*lines, *classifiers]])


def test_no_dependency_is_under_the_gpl_but_the_one_that_is_said() -> None:
    """PyRIC comes with habluetooth, which the advert parsers need for one dataclass; README and CONTRIBUTING say so."""
    copyleft = {
        one.metadata["Name"]
        for one in metadata.distributions()
        if re.search(r"\bA?GPL|GNU (Affero )?General", licence_of(one))
    }
    assert copyleft <= {"PyRIC"}
    for document in ("README.md", "CONTRIBUTING.md"):
        assert "PyRIC" in (ROOT / document).read_text()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_file_pins_everything_with_hashes_and_names_no_index(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pins
    assert [line for line in pins if "==" not in line] == []
    assert [line for line in lines if "://" in line or "--index-url" in line or "--find-links" in line] == []
    assert sum("--hash=sha256:" in line for line in lines) >= len(pins)


def test_both_lock_files_agree() -> None:
    def pins(lock: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / lock).read_text().splitlines() if "==" in line.split(" ")[0]}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")
