"""migrate and seed."""

import json

import click

from server.cli.environment import Environment, prepared, sentences, with_environment
from server.security.build import make_access_tokens
from server.security.cipher import AesContentCipher
from server.security.passwords import COSTS, Argon2PasswordHasher
from server.seeding.demo import DemoPasswords, seed_demo
from server.seeding.pairs import seed_pairs

DEFAULT_TTL = 12 * 3600.0


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this version. Does nothing when it is there already."""
    with sentences(), prepared(migrations=True) as ready:
        for name in ready.applied:
            click.echo(f"Applied {name}.")
        click.echo(f"{len(ready.applied)} migrations applied." if ready.applied else "The schema is up to date.")


@click.command()
@click.option("--demo", is_flag=True, help="A small clinic to try the product with; prints its passwords.")
@click.option("--pairs", type=click.IntRange(1, 100_000), metavar="N", help="N linked patient/doctor pairs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--ttl", default=DEFAULT_TTL, show_default=True, help="Life of the pairs' tokens, in seconds.")
def seed(demo: bool, pairs: int | None, as_json: bool, ttl: float) -> None:
    """Fill the database with made-up people. The same command twice adds nothing.

    \b
    python -m server seed --demo
    python -m server seed --pairs 2000 --json > pairs.jsonl
    """
    if demo == (pairs is not None):
        raise click.UsageError("Give one of --demo and --pairs N.")
    if ttl <= 0:
        raise click.UsageError("--ttl must be more than 0 seconds.")
    if demo:
        _seed_demo(as_json)
    else:
        _seed_pairs(pairs or 0, as_json, ttl)


@with_environment
async def _seed_demo(environment: Environment, as_json: bool) -> None:
    hasher = Argon2PasswordHasher(COSTS[environment.settings.password_cost])
    try:
        passwords = await seed_demo(
            environment.database,
            cipher=AesContentCipher(environment.secrets.master_keys),
            hasher=hasher,
            passwords=DemoPasswords(environment.settings.data_dir),
        )
    finally:
        hasher.close()
    for username, password in passwords.items():
        click.echo(json.dumps({"username": username, "password": password}) if as_json else f"{username}  {password}")


@with_environment
async def _seed_pairs(environment: Environment, count: int, as_json: bool, ttl: float) -> None:
    made = seed_pairs(
        environment.database,
        cipher=AesContentCipher(environment.secrets.master_keys),
        tokens=make_access_tokens(environment.settings, environment.secrets.jwt_secret, None),
        count=count,
        ttl=ttl,
    )
    async for pair in made:
        if as_json:
            click.echo(json.dumps(pair, separators=(",", ":")))
    if not as_json:
        click.echo(f"{count} pairs are there; --json prints them with their tokens.")
