"""user add, disable, enable, list."""

import json
import secrets
import sys

import click

from repositories.users import UserDetails, UserFilter, UserRow
from server.cli.environment import Environment, with_environment
from server.cli.quiet import QuietPublisher
from server.cli.trail import noted
from server.security.passwords import COSTS, Argon2PasswordHasher
from services.errors import Conflict, NotFound, ValidationFailed
from services.principal import ROLES
from services.user_admin import UserAdmin

PAGE = 200


@click.group()
def user() -> None:
    """Add, disable, enable and list users."""


@user.command(
    "add",
    epilog="""\b
    Examples:
      python -m server user add --username dr.roy --role medecin --first-name Léa --last-name Roy
      pass show roy | python -m server user add … --password-stdin""",
)
@click.option("--username", required=True, help="What the person logs in with.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--first-name", required=True)
@click.option("--last-name", required=True)
@click.option("--email")
@click.option("--external-id", help="The host application's own key of this person.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input. Else one is made and shown."
)
@with_environment
async def add(
    environment: Environment,
    username: str,
    role: str,
    first_name: str,
    last_name: str,
    email: str | None,
    external_id: str | None,
    password_stdin: bool,
) -> None:
    """Add a user."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(12)
    details = UserDetails(username=username, first_name=first_name, last_name=last_name, email=email, role=role)
    hasher = Argon2PasswordHasher(COSTS[environment.settings.password_cost])
    try:
        made = await _admin(environment, hasher).create(details, password=password, external_id=external_id)
    except Conflict as error:
        raise click.ClickException(f"{_named(error)} is taken by another user.") from error
    except ValidationFailed as error:
        raise click.ClickException(f"This password will not do: {(error.fields or {}).get('password')}.") from error
    finally:
        hasher.close()
    await noted(environment, "user.add", "user", made.id)
    click.echo(f"Added {made.role} {made.username!r} with id {made.id}.")
    if not password_stdin:
        click.echo(f"Password: {password}")


@user.command("disable", epilog="Example: python -m server user disable 12")
@click.argument("user_id", type=click.IntRange(min=1), metavar="ID")
@with_environment
async def disable(environment: Environment, user_id: int) -> None:
    """Disable a user and end their sessions. Running servers cut open connections within a second."""
    changed = await _set_disabled(environment, user_id, disabled=True)
    await noted(environment, "user.disable", "user", user_id)
    click.echo(f"Disabled {changed.username!r}; all sessions ended.")


@user.command("enable", epilog="Example: python -m server user enable 12")
@click.argument("user_id", type=click.IntRange(min=1), metavar="ID")
@with_environment
async def enable(environment: Environment, user_id: int) -> None:
    """Let a disabled user in again."""
    changed = await _set_disabled(environment, user_id, disabled=False)
    await noted(environment, "user.enable", "user", user_id)
    click.echo(f"Enabled {changed.username!r}.")


@user.command("list", epilog="Example: python -m server user list --role medecin --json")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--q", help="A name, user name, e-mail address or external id.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_environment
async def list_users(environment: Environment, role: str | None, q: str | None, as_json: bool) -> None:
    """List users, latest first."""
    hasher = Argon2PasswordHasher(COSTS[environment.settings.password_cost])
    admin = _admin(environment, hasher)
    hasher.close()
    before: int | None = None
    while True:
        page = await admin.page(filters=UserFilter(q=q, role=role), before=before, limit=PAGE)
        for row in page.items:
            click.echo(json.dumps(_as_json(row), ensure_ascii=False) if as_json else _as_line(row))
        if page.next is None:
            return
        before = int(page.next)


def _admin(environment: Environment, hasher: Argon2PasswordHasher) -> UserAdmin:
    return UserAdmin(unit_of_work=environment.database, publisher=QuietPublisher(), hasher=hasher)


async def _set_disabled(environment: Environment, user_id: int, *, disabled: bool) -> UserRow:
    hasher = Argon2PasswordHasher(COSTS[environment.settings.password_cost])
    try:
        return await _admin(environment, hasher).change(user_id=user_id, changes={"disabled": disabled})
    except NotFound as error:
        raise click.ClickException(f"There is no user with id {user_id}.") from error
    finally:
        hasher.close()


def _named(error: Conflict) -> str:
    return "The external id" if "externalId" in (error.fields or {}) else "The user name"


def _as_json(row: UserRow) -> dict[str, object]:
    return {
        "id": row.id,
        "externalId": row.external_id,
        "username": row.username,
        "firstName": row.first_name,
        "lastName": row.last_name,
        "email": row.email,
        "role": row.role,
        "disabled": row.disabled,
    }


def _as_line(row: UserRow) -> str:
    state = "disabled" if row.disabled else ""
    return f"{row.id:>8}  {row.role:<8} {row.username:<24} {row.first_name} {row.last_name}  {state}".rstrip()
