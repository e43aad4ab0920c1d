"""`alongside fleet` runs whole: homes join, tell, and nothing is lost or doubled when plugs are pulled."""

import json
import os
import re
import signal
import subprocess
import sys


def test_homes_join_and_nothing_is_lost_when_a_worker_and_the_broker_are_killed() -> None:
    command = [sys.executable, "-m", "alongside", "fleet", "--homes", "2", "--seconds", "7", "--page", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if len(said) <= 2 and (found := re.search(r"workers (\d+), \d+; broker (\d+);", line)):
                for pid in found.groups():
                    os.kill(int(pid), signal.SIGKILL)
        assert process.wait() == 0
    report = json.loads(said[-1])
    assert report["homes"] == 2
    assert report["heard"] >= 4
    assert (report["lost"], report["doubled"]) == (0, 0)
    assert "A worker ended, and was started again.\n" in said
    assert "The broker ended, and was started again.\n" in said
