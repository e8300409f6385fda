"""``recommender completion``: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click

from recommender.cli.output import answer


@click.command(short_help="Let a shell complete commands and options.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script of a SHELL.

    \b
    bash   recommender completion bash > ~/.recommender-completion
           echo '. ~/.recommender-completion' >> ~/.bashrc
    zsh    recommender completion zsh > ~/.recommender-completion
           echo '. ~/.recommender-completion' >> ~/.zshrc
    fish   recommender completion fish > ~/.config/fish/completions/recommender.fish
    """
    from click.shell_completion import get_completion_class

    from recommender.cli.main import recommender

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this version of click has no completion for {shell}")
    answer(kind(recommender, {}, "recommender", "_RECOMMENDER_COMPLETE").source())
    return 0
