"""The command line: `python -m server`, installed as `colloque`."""

import click

from server import VERSION
from server.cli.audit import audit
from server.cli.backups import backup, restore
from server.cli.database import migrate, seed
from server.cli.exports import export
from server.cli.keys import keys
from server.cli.links import link
from server.cli.person_data import person
from server.cli.retention import retention
from server.cli.serve import serve
from server.cli.tokens import token
from server.cli.users import user


@click.group(invoke_without_command=True)
@click.version_option(VERSION, prog_name="colloque")
@click.pass_context
def main(context: click.Context) -> None:
    """Colloque: real-time messaging for care and mentoring. Without a command: serve.

    Everything is set by environment variables; README.md lists them.
    """
    if context.invoked_subcommand is None:
        context.invoke(serve)


for command in (serve, migrate, seed, token, user, link, keys, retention, audit, export, person, backup, restore):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="python -m server")
