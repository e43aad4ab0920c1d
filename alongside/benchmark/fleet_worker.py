"""A centre's worker for measuring: `python -m alongside.benchmark.fleet_worker PORT DATABASE`. Without TLS."""

import asyncio
import sys

from sqlalchemy import create_engine

from hub.centre.worker import Worker
from hub.clock import SystemClock


def main() -> None:
    """Work until killed."""
    port, database = sys.argv[1:]
    working = Worker(create_engine(database, pool_pre_ping=True), SystemClock(), ("127.0.0.1", int(port)), lambda: None)
    asyncio.run(working.run(lambda: print("listens", flush=True)))  # noqa: T201 -- the starter waits for it


if __name__ == "__main__":
    main()
