"""Reads a command line of ours as the command itself would, without carrying it out."""

from typing import Any

from alongside.cli import COMMANDS, load


def read(words: list[str]) -> Any:
    """The context of the innermost command of `alongside WORDS`; what cannot be read raises the command's own error."""
    name, *rest = words
    assert name in COMMANDS
    command = load(name)
    context = command.make_context(name, rest)
    while hasattr(command, "commands") and (left := [*context._protected_args, *context.args]):
        inner, command, rest = command.resolve_command(context, left)
        context = command.make_context(inner, rest, parent=context)
    return context
