"""What streams cost is measured on the real parts: two processes, a message bus, the unmodified bleak, a whole hub.

How much it is depends on the machine, and on what else runs there and looks on: that is for `alongside bench streams`.
"""

import json

import pytest
from typer.testing import CliRunner

from alongside.bench import app

NUMBERS = {
    "kind",
    "streams",
    "rate_hz",
    "seconds",
    "idle_core_percent",
    "core_percent",
    "stream_core_percent",
    "sent",
    "heard",
}


@pytest.mark.parametrize(("kind", "packets_a_second"), [("metamotion", 16.7), ("polar", 1.4)])
def test_every_packet_of_every_wearable_is_heard(kind: str, packets_a_second: float) -> None:
    result = CliRunner().invoke(app, ["streams", "--kind", kind, "--n", "2", "--seconds", "2", "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert set(report) == NUMBERS
    assert (report["kind"], report["streams"], report["rate_hz"]) == (kind, 2, 50.0)
    assert report["heard"] == report["sent"]
    assert report["sent"] >= 2 * packets_a_second * 2
    assert report["core_percent"] > 0


def test_what_cannot_be_measured_is_told_in_a_sentence() -> None:
    result = CliRunner().invoke(app, ["streams", "--kind", "teapot", "--n", "1", "--seconds", "1"])
    assert result.exit_code == 2
    assert "Nothing could be measured:" in result.output
