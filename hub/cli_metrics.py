"""What commands that go on running share: figures for Prometheus, and a log for programs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

CANNOT_SERVE = 2

Metrics = Annotated[
    int | None, typer.Option("--metrics", help="Serve figures for Prometheus on this port; 0: any free one.")
]
LogJson = Annotated[bool, typer.Option("--log-json", help="Write the log as JSON, one object a line.")]


@contextmanager
def measured(registry: "Callable[[], CollectorRegistry]", port: int | None) -> Iterator[None]:
    """Serve these figures on this computer while the work goes on, where somebody asked for them."""
    with ExitStack() as stack:
        if port is not None:
            from hub.metrics import served  # noqa: PLC0415 -- takes its time, and most homes have no Prometheus

            try:
                its_port = stack.enter_context(served(registry(), port))
            except OSError as error:
                typer.echo(f"The figures cannot be served on port {port}: {error.strerror}.", err=True)
                raise typer.Exit(CANNOT_SERVE) from error
            typer.echo(f"Its figures are at http://127.0.0.1:{its_port}/metrics.")
        yield
