"""A real PostgreSQL of our own: a cluster in a folder, heard on a socket in it alone; to start, to stop, to crash."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

_USER = "postgres"
_INSTALLED = Path("/usr/lib/postgresql")
_PORT = 5432
_STARTS_WITHIN_S = "60"
_SETTINGS = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "256MB", "max_wal_size": "2GB"}


class PostgresError(RuntimeError):
    """PostgreSQL cannot be had; the message says what is missing and how to get it."""


class Postgres:
    """A cluster in this folder. What it holds outlives a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"

    @property
    def url(self) -> str:
        """Where SQLAlchemy finds it."""
        return f"postgresql+psycopg://{_owner()}@/postgres?host={self._folder}&port={_PORT}"

    def start(self) -> Self:
        """Start it, creating it the first time, and return when it answers."""
        if not self._data.exists():
            self._create()
        settings = " ".join(f"-c {name}='{value}'" for name, value in self._settings().items())
        self._run("pg_ctl", "start", "-w", "-t", _STARTS_WITHIN_S, "-l", str(self._folder / "log"), "-o", settings)
        return self

    def stop(self, how: str = "fast") -> None:
        """End it; `immediate` as a crash would."""
        self._run("pg_ctl", "stop", "-w", "-m", how)

    def pids(self) -> list[int]:
        """Its processes: the one that was started, and its children; none where it does not run."""
        try:
            head = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
        except OSError:
            return []
        return [head, *map(int, children)]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop("immediate")

    def _settings(self) -> dict[str, str]:
        return {**_SETTINGS, "unix_socket_directories": str(self._folder)}

    def _create(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self._folder, _USER)
        self._run("initdb", "--auth", "peer" if os.geteuid() else "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")

    def _run(self, program: str, *words: str) -> None:
        command = [*_as_owner(), str(_find(program)), "-D", str(self._data), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")  # noqa: S603 -- looked up
        if done.returncode:
            raise PostgresError(f"{program} failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")


def _owner() -> str:
    """PostgreSQL refuses to run as root."""
    return _USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _as_owner() -> list[str]:
    return ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []


def _find(program: str) -> Path:
    found = sorted(_INSTALLED.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise PostgresError("PostgreSQL is not installed. On Debian or Ubuntu: sudo apt-get install postgresql")
    return found[-1]
