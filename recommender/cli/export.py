"""."""

import click


@click.command()
def command() -> int:
    """."""
    return 0
