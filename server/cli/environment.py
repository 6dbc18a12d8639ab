"""What every command needs: settings that hold, a database that runs and is migrated, and the secrets that belong to it."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from repositories.errors import StorageUnavailable
from repositories.unit_of_work import Database
from server.database import open_database
from server.postgres.embedded import EmbeddedPostgresError, join
from server.postgres.migrations import MigrationError, migrate, pending
from server.security.cipher import Cipher
from server.security.passwords import Passwords
from server.security.secrets_store import Secrets, SecretsError, load_secrets
from server.security.tokens import OwnTokens
from server.settings import Settings, SettingsError, read_settings
from services.errors import DomainError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Environment:
    """`settings.database_url` is always set here, embedded or not."""

    settings: Settings
    secrets: Secrets
    database: Database


@contextmanager
def sentences() -> Iterator[None]:
    """Trouble that the person at the keyboard can do something about, as one sentence and exit code 1."""
    try:
        yield
    except (SettingsError, SecretsError, EmbeddedPostgresError, MigrationError) as error:
        raise click.ClickException(str(error)) from error
    except StorageUnavailable as error:
        raise click.ClickException(f"PostgreSQL does not answer: {error}") from error
    except DomainError as error:
        details = error.fields or error.reason or ""
        raise click.ClickException(f"{error.code}: {details}") from error


@contextmanager
def prepared(*, migrations: bool | None = None) -> Iterator[tuple[Settings, list[str]]]:
    """Settings with a database that runs, and what was migrated. `migrations` None: as AUTO_MIGRATE says."""
    settings = read_settings()
    if not settings.embedded:
        yield settings, _migrated(settings, settings.migrate_database_url or settings.database_url, migrations)
        return
    with join(settings.data_dir) as postgres:
        urls = {"database_url": postgres.server_url, "migrate_database_url": postgres.owner_url}
        running = dataclasses.replace(settings, embedded_database=True, **urls)
        yield running, _migrated(running, postgres.owner_url, migrations)


def _migrated(settings: Settings, owner_url: str, wanted: bool | None) -> list[str]:
    if settings.auto_migrate if wanted is None else wanted:
        return migrate(owner_url, server_role=_role(settings.database_url))
    if waiting := pending(settings.database_url):
        raise MigrationError(
            f"The database lacks {len(waiting)} migrations ({waiting[0]} …). "
            "Run `python -m server migrate` first, or set AUTO_MIGRATE=on."
        )
    return []


def _role(url: str) -> str | None:
    return urlsplit(url).username
