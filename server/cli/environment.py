"""What every command needs: settings that hold, a database that runs and is migrated, and the secrets that belong to it."""

import asyncio
import dataclasses
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

import click

from repositories.errors import StorageUnavailable
from repositories.unit_of_work import Database
from server.postgres.embedded import join
from server.postgres.errors import EmbeddedPostgresError
from server.postgres.migrations import MigrationError, migrate, pending
from server.security.fingerprints import KeysDiffer, check_fingerprints, fingerprints, missing_keys
from server.security.secrets_store import Secrets, load_secrets
from server.seeding.demo import DemoRefused
from server.settings import Settings, SettingsError, read_settings
from services.errors import DomainError

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True)
class Prepared:
    """`settings.database_url` is set, embedded or not; `applied` are the migrations that were run just now."""

    settings: Settings
    secrets: Secrets
    applied: list[str]


@dataclass(frozen=True, slots=True)
class Environment:
    settings: Settings
    secrets: Secrets
    database: Database


@contextmanager
def sentences() -> Iterator[None]:
    """Trouble that the person at the keyboard can do something about, as one sentence and exit code 1."""
    try:
        yield
    except (SettingsError, EmbeddedPostgresError, MigrationError, KeysDiffer, DemoRefused) as error:
        raise click.ClickException(str(error)) from error
    except StorageUnavailable as error:
        raise click.ClickException(f"PostgreSQL does not answer: {error}") from error
    except DomainError as error:
        details = error.fields or error.reason or ""
        raise click.ClickException(f"{error.code} {details}".strip()) from error


@contextmanager
def prepared(*, migrations: bool | None = None, settings: Settings | None = None) -> Iterator[Prepared]:
    """`migrations` None: as AUTO_MIGRATE says; True: apply them whatever it says; False: refuse to go on when some are
    pending. `settings`: those of the environment.
    """
    with located(settings) as ready:
        yield dataclasses.replace(ready, applied=_migrated(ready.settings, migrations))


@contextmanager
def located(settings: Settings | None = None) -> Iterator[Prepared]:
    """The database as it is, which may lack migrations, or all of them."""
    settings = settings or read_settings()
    secrets = load_secrets(settings)
    if not settings.embedded:
        yield Prepared(settings, secrets, [])
        return
    with join(settings.data_dir) as postgres:
        running = dataclasses.replace(
            settings, database_url=postgres.server_url, migrate_database_url=postgres.owner_url
        )
        yield Prepared(running, secrets, [])


def _migrated(settings: Settings, wanted: bool | None) -> list[str]:
    """Without the owner's URL the server's role looks whether there is anything to do, which it may not do itself."""
    if not (settings.auto_migrate if wanted is None else wanted):
        if waiting := pending(settings.database_url):
            raise MigrationError(_lacks(waiting, _ADVICE[wanted]))
        return []
    if not settings.migrate_database_url and not pending(settings.database_url):
        return []
    try:
        return migrate(
            settings.migrate_database_url or settings.database_url,
            server_role=urlsplit(settings.database_url).username,
        )
    except MigrationError as error:
        if settings.migrate_database_url:
            raise
        hint = "If that role owns nothing, set MIGRATE_DATABASE_URL to the one that owns the tables."
        raise MigrationError(f"{error}\n{hint}") from error


_ADVICE = {
    None: "Run `python -m server migrate` first, or set AUTO_MIGRATE=on.",
    # A backup before an upgrade is made of what is there: nobody should have to migrate for it.
    False: "Do this with the Colloque that serves from it, or run `python -m server migrate` first.",
}


def _lacks(waiting: list[str], advice: str) -> str:
    return f"The database lacks {len(waiting)} migrations ({waiting[0]} …). {advice}"


@asynccontextmanager
async def opened(ready: Prepared, *, new_keys: bool = True) -> AsyncIterator[Environment]:
    """The database, open, once its fingerprints say that these are the keys it was written with.

    `new_keys`: keep the fingerprints of those that it does not know yet; else nothing is written.
    """
    settings = ready.settings
    database = Database(
        url=settings.database_url,
        pool_size=2,
        patience=settings.database_patience,
        observe=lambda name, seconds: None,
    )
    await database.open()
    try:
        async with database.transaction() as repositories:
            known, current = await repositories.instance.entries(), fingerprints(ready.secrets)
            wrapping = [key for key in missing_keys(known, current) if await repositories.keys.is_wrapping(key_id=key)]
            added = check_fingerprints(known, current, wrapping=wrapping)
            for key, value in added.items() if new_keys else ():
                await repositories.instance.keep(key=key, value=value)
        yield Environment(settings, ready.secrets, database)
    finally:
        await database.close()


def with_environment(
    command: Callable[Concatenate[Environment, Parameters], Awaitable[None]],
) -> Callable[Parameters, None]:
    """Make a click command of a coroutine that takes an Environment first."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        async def inside(ready: Prepared) -> None:
            async with opened(ready) as environment:
                await command(environment, *args, **kwargs)

        with sentences(), prepared() as ready:
            asyncio.run(inside(ready))

    return run
