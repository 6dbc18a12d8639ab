"""token: an access token for scripts and tests."""

import re

import click

from server.cli.environment import Environment, with_environment
from server.cli.trail import noted
from server.security.build import make_access_tokens
from services.errors import NotFound
from services.issued_tokens import IssuedTokens

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 365 * 86400


class Duration(click.ParamType[int]):
    """Seconds, or a number with s, m, h or d."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd]?)", str(value))
        seconds = int(match[1]) * UNITS[match[2]] if match else 0
        if not 0 < seconds <= LONGEST:
            self.fail(f"{value!r} is no duration such as 90s, 15m, 12h or 30d (a year at most).", param, ctx)
        return seconds


@click.command(
    epilog="""\b
    Example:
      curl -H "Authorization: Bearer $(python -m server token --user 12)" http://127.0.0.1:5001/api/auth/me"""
)
@click.option("--user", "user_id", required=True, type=click.IntRange(min=1), metavar="ID")
@click.option("--ttl", type=Duration(), default="15m", show_default=True, help="How long it is good for: 15m, 12h, …")
@with_environment
async def token(environment: Environment, user_id: int, ttl: int) -> None:
    """Print an access token of a user, and nothing else.

    It has a session of its own, which the user and administrators see in the list of sessions and can end.
    """
    tokens = make_access_tokens(environment.settings, environment.secrets.jwt_secret, None)
    issued = IssuedTokens(unit_of_work=environment.database, tokens=tokens)
    try:
        made = await issued.issue(user_id=user_id, seconds=ttl, device="token (command line)")
    except NotFound as error:
        raise click.ClickException(f"There is no user with id {user_id}, or they are disabled.") from error
    await noted(environment, "token.issue", "user", user_id)
    click.echo(made)
