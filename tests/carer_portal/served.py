"""The portal in a process of its own, as the demo and the system's service manager start it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from carer_portal.serve import SCRIPT


@contextmanager
def portal(
    db: Path, port: int = 0, viewer: str | None = "priya", environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], list[str], str]]:
    """The running portal, what it said until it could be reached, and its address: the way in of who is named."""
    arguments = ["--db", str(db), "--port", str(port), *([] if viewer is None else ["--as", viewer])]
    process = subprocess.Popen(
        [sys.executable, "-m", "carer_portal", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=SCRIPT.parent.parent,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                break
        else:
            pytest.fail(f"the portal ended: {''.join(said)}")
        yield process, said, found[0]
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(10)
