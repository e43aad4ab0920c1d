"""What is written about the commands and devices must be so."""

import re
from pathlib import Path

import pytest

from alongside.cli import COMMANDS, load
from alongside.demo import story
from devices.registry import KINDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXT = "\n".join(path.read_text() for path in DOCUMENTS)


def subcommands(name: str) -> list[str]:
    """`home apply`, `home export`, or the command alone where it has none."""
    inner = getattr(load(name), "commands", {})
    return [f"{name} {sub}" for sub in inner] or [name]


EVERY_COMMAND = [line for name in COMMANDS for line in subcommands(name)]


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_is_documented(command: str) -> None:
    assert f"alongside {command}" in TEXT


def test_every_command_that_is_documented_exists() -> None:
    named = {match.split()[0] for match in re.findall(r"`alongside ([a-z][^`\n]*)`", TEXT)}
    named |= set(re.findall(r"^ {4}(?:\$ )?alongside ([a-z-]+)", TEXT, re.MULTILINE))
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "lock"])
def test_every_make_target_is_documented(target: str) -> None:
    assert f"make {target}" in README + (ROOT / "CONTRIBUTING.md").read_text()
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_make_target_that_is_documented_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", TEXT)) <= targets


def test_what_the_demo_prints_in_the_readme_is_what_its_story_says() -> None:
    shown = " ".join(README.split("```text")[1].split("```")[0].split())
    scenes = {scene.title: scene for scene in story.DAY}
    for title in (story.A_FALL.title, story.HELP.title):
        assert title in shown
        for beat in scenes[title].beats:
            assert beat.tells in shown


def test_the_device_table_is_the_registry() -> None:
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", README, re.MULTILINE)
    told = {kind: (title.strip(), path.strip(), tested.strip()) for kind, title, path, tested in rows}
    assert told == {name: (kind.title, kind.path.value, kind.tested.value) for name, kind in KINDS.items()}


def test_every_link_leads_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
