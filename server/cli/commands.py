"""Which commands there are and where. Only the one that is called is imported: the others' libraries take a second."""

from importlib import import_module

import click

from server.collector import importing

PLACES = {
    "audit": "audit",
    "backup": "backups",
    "export": "exports",
    "keys": "keys",
    "link": "links",
    "migrate": "database",
    "person": "person_data",
    "restore": "backups",
    "retention": "retention",
    "seed": "database",
    "serve": "serve",
    "token": "tokens",
    "user": "users",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return imported(cmd_name) if cmd_name in PLACES else None


def imported(command: str) -> click.Command:
    with importing():
        found: click.Command = getattr(import_module(f"server.cli.{PLACES[command]}"), command)
    return found
