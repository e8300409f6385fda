"""A group of commands that loads a command only when it is needed, and knows what was meant."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from typing import Any

import click


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known words closest to a word, or nothing."""
    close = difflib.get_close_matches(word.lower(), list(known), n=2, cutoff=0.55)
    return f"; did you mean {' or '.join(repr(c) for c in close)}?" if close else ""


class LazyGroup(click.Group):
    """A group whose commands live one a module, imported when asked for.

    ``modules`` maps a command to the module that holds it as ``command``.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = dict(modules)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order they are used."""
        return list(self.modules)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = importlib.import_module(self.modules[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the words ask for, or say which one was meant."""
        if args and args[0] not in self.modules and not args[0].startswith("-"):
            close = did_you_mean(args[0], self.modules)
            ctx.fail(f"no such command {args[0]!r}{close or '; see recommender --help'}")
        return super().resolve_command(ctx, args)
