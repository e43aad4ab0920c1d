"""A log for programs: one object a line; what others log, and an error's own words, are left out."""

import json
import logging
import subprocess
import sys

from hub.logs import AsJson

NUMBER = "+447700900101"


def line(logger: str, message: str, *args: object, error: bool = False) -> dict[str, object]:
    made = logging.getLogger(logger).makeRecord(
        logger, logging.WARNING, "/somewhere/part.py", 7, message, args, _an_error() if error else None
    )
    found: dict[str, object] = json.loads(AsJson().format(made))
    return found


def _an_error() -> tuple[type[BaseException], BaseException, None]:
    return ValueError, ValueError(NUMBER), None


def test_a_line_of_ours_says_what_where_and_when() -> None:
    said = line("hub.daemon", "%d readings\nwere lost", 3)
    assert said.pop("at")
    assert said == {"level": "warning", "part": "hub.daemon", "where": "part.py:7", "message": "3 readings\nwere lost"}


def test_what_others_log_is_told_by_its_place_alone() -> None:
    said = line("twilio.http_client", "sent to %s", NUMBER)
    assert NUMBER not in str(said)
    assert said["where"] == "part.py:7"


def test_of_an_error_only_its_kind_is_told() -> None:
    said = line("hub.daemon", "it failed", error=True)
    assert said["error"] == "ValueError"
    assert NUMBER not in str(said)


def test_a_process_writes_it_to_its_standard_error() -> None:
    code = "import logging; from hub import logs; logs.begin(20, as_json=True); logging.getLogger('hub.x').info('well')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr)["message"] == "well"
