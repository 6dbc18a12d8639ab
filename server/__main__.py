"""The command line: `python -m server`, installed as `colloque`."""

import click

from server import VERSION, compiled
from server.cli.commands import Commands, imported


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(VERSION, prog_name="colloque")
@click.pass_context
def main(context: click.Context) -> None:
    """Colloque: real-time messaging for care and mentoring. Without a command: serve.

    Everything is set by environment variables; README.md lists them.
    """
    if context.invoked_subcommand is None:
        context.invoke(imported("serve"))


if __name__ == "__main__":
    # Commands are imported when they are called, so it is soon enough.
    compiled.use()
    main(prog_name="python -m server")
