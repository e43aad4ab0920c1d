"""`alongside alarms`: the hub's commands, without the words that people have taken back in the co-design record."""

from typing import Any

import typer
from sqlalchemy import Connection, inspect

from co_design.record import label_words
from co_design.schema import utterance
from hub.cli_alarms import app

__all__ = ["app"]


@app.callback()
def bring(context: typer.Context) -> None:
    """The alarms: which are open, the whole story of one, and what people say."""
    context.obj = still_said


def still_said(connection: Connection, labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Labels as they may be read now: all of them where there is no record of what people said yet."""
    if not inspect(connection).has_table(utterance.name):
        return labels
    words = label_words(connection, [(one["id"], one["because"]) for one in labels])
    return [{**one, "because": because} for one, because in zip(labels, words, strict=True)]
