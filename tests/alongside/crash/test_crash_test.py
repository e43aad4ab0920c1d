"""A hub that is killed anywhere loses nothing that it gave a receipt for, and says nothing twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alongside.crash.points import CHAINS

KILLS = 100
POINTS = {point for chain in CHAINS for point in chain}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_hundred_kills_at_every_point_and_at_random_instants(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "alongside", "crash-test", "--kills", str(KILLS), "--faults", "20", "--json"]
    done = subprocess.run([*command, "--in", str(tmp_path)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert (figures["kills"], figures["lost"], figures["duplicates"]) == (KILLS, 0, 0)
    assert figures["points"] + figures["missed"] >= len(POINTS)
    assert figures["points"] >= 0.7 * len(POINTS), "most points are reached even on a machine that is very busy"
    assert figures["alarms"] > 0
    assert figures["sends"] >= figures["alarms"]
    assert figures["max_resume_ms"] > 0
