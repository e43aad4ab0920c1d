"""The auditor's sign of life: a small file beside the database, so that it needs no database to give one."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """When the auditor was last alive, on the boot clock of that boot."""

    boot_id: str
    boot_s: float


def give(db: Path, pulse: Pulse) -> None:
    """Say that the auditor is alive. Raises `OSError` where the folder cannot be written."""
    part = _file(db).with_suffix(".part")
    part.write_text(json.dumps({"boot_id": pulse.boot_id, "boot_s": pulse.boot_s}))
    part.replace(_file(db))


def take(db: Path) -> Pulse | None:
    """The last sign of life; None where no auditor was ever set to this home, or it was retired."""
    try:
        kept = json.loads(_file(db).read_text())
        return Pulse(boot_id=str(kept["boot_id"]), boot_s=float(kept["boot_s"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):  # there is one, and it cannot say that it is alive
        return Pulse(boot_id="", boot_s=0.0)


def retire(db: Path) -> bool:
    """No auditor is expected from now on; False where none was."""
    known = _file(db).exists()
    _file(db).unlink(missing_ok=True)
    return known


def _file(db: Path) -> Path:
    return db.with_name(f"{db.name}.auditor")
