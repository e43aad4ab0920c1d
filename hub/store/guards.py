"""Triggers that refuse to rewrite history, in the words of each database.

A later migration that rebuilds a table (Alembic's batch mode on SQLite) drops its triggers, and has to create them
again.
"""

from collections.abc import Sequence

_CREATE = {
    "sqlite": (
        "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN {when}"
        " BEGIN SELECT RAISE(ABORT, '{words}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()",
    ),
}
_ALWAYS = {"sqlite": "1", "postgresql": "true"}
_DIFFERS = {"sqlite": "NEW.{column} IS NOT OLD.{column}", "postgresql": "NEW.{column} IS DISTINCT FROM OLD.{column}"}


def no_delete(dialect: str, table: str) -> list[str]:
    """Statements that make `table` refuse to lose a row."""
    return _refuse(dialect, table, "DELETE", _ALWAYS[dialect], f"{table}: nothing is deleted")


def append_only(dialect: str, table: str) -> list[str]:
    """Statements that make `table` refuse to change or lose a row."""
    words = f"{table}: what was recorded is not changed"
    return no_delete(dialect, table) + _refuse(dialect, table, "UPDATE", _ALWAYS[dialect], words)


def set_once(dialect: str, table: str, column: str, fixed: Sequence[str]) -> list[str]:
    """Statements that let `column` be filled once, and keep the `fixed` columns as they are."""
    changed = " OR ".join(_DIFFERS[dialect].format(column=name) for name in fixed)
    words = f"{table}: only {column} may be set, once"
    return _refuse(dialect, table, "UPDATE", f"OLD.{column} IS NOT NULL OR {changed}", words)


def no_way_back(dialect: str, table: str, column: str, terminal: Sequence[str]) -> list[str]:
    """Statements that keep `column` where it is once it holds one of the `terminal` values."""
    values = ", ".join(f"'{value}'" for value in terminal)
    when = f"OLD.{column} IN ({values}) AND {_DIFFERS[dialect].format(column=column)}"
    return _refuse(dialect, table, "UPDATE", when, f"{table}: what is closed is not opened again")


def _refuse(dialect: str, table: str, verb: str, when: str, words: str) -> list[str]:
    name = f"guard_{table}_{verb.lower()}"
    return [part.format(name=name, verb=verb, table=table, when=when, words=words) for part in _CREATE[dialect]]
