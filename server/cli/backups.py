"""backup and restore."""

import asyncio
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from server.backup import database
from server.backup.contents import DUMP, FILES, VERSION, About, BackupError, damage, digest, read_about
from server.backup.files import changed, copy_in, copy_out
from server.backup.verification import Verification, verification
from server.cli.audit import anchors_in
from server.cli.environment import Prepared, opened, prepared, sentences
from server.postgres.migrations import migrate
from server.security.fingerprints import check_fingerprints, fingerprints
from server.settings import Settings

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
def backup(folder: Path) -> None:
    """Write database, files and fingerprints of the keys to FOLDER, which must not be there yet. Keys are not in it."""
    with sentences(), prepared(migrations=False) as ready, _troubles():
        if folder.exists():
            raise BackupError(f"{folder} is there already: give another one.")
        folder.mkdir(mode=0o700, parents=True)
        # The database first: whatever file it speaks of is in the store by then.
        database.dump(_owner_url(ready.settings), folder / DUMP)
        about = About(
            version=VERSION,
            made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            fingerprints=fingerprints(ready.secrets),
            dump=digest(folder / DUMP),
            files=copy_out(ready.settings, folder / FILES),
        )
        about.write(folder)
        click.echo(f"{folder} holds the database and {len(about.files)} files. Keep the keys elsewhere, and safe.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--verify", is_flag=True, help="Change nothing: verify the backup, and the database and files that are here."
)
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of anchors of the trail, of the time of the backup; several for several nodes.",
)
def restore(folder: Path, verify: bool, files: tuple[Path, ...]) -> None:
    """Bring a backup back into an empty database, with all nodes stopped, and verify it: keys, trail, counters,
    rules, files.

    Everybody signs in again, and clients load anew what they had.
    """
    with sentences(), prepared(migrations=True) as ready, _troubles():
        about = read_about(folder)
        check_fingerprints(about.fingerprints, fingerprints(ready.secrets))
        _none_or_fail(damage(folder, about))
        url = _owner_url(ready.settings)
        if not verify:
            database.restore(url, folder / DUMP)
            migrate(url, server_role=_role(ready))
            database.begin_epoch(url)
            copy_in(ready.settings, folder / FILES, about.files)
        found = asyncio.run(_verified(ready, files))
        wrong = database.wrong_counters(url) + database.broken_rules(url)
        _none_or_fail(wrong + changed(ready.settings, about.files) + found.troubles)
        for chain, blocks in found.later.items():
            click.echo(f"The anchors know {blocks} later blocks of the {chain} trail: what came after the backup.")
        done = "Verified" if verify else "Restored and verified"
        click.echo(
            f"{done}: {found.keys} keys, {found.records} records of the trail, all counters, {found.files} files. "
            f"The backup is of {about.made_at}."
        )


async def _verified(ready: Prepared, anchors: tuple[Path, ...]) -> Verification:
    async with opened(ready) as environment:
        return await verification(ready.settings, ready.secrets, environment.database, anchors_in(anchors))


def _role(ready: Prepared) -> str | None:
    return urlsplit(ready.settings.database_url).username


@contextmanager
def _troubles() -> Iterator[None]:
    try:
        yield
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _owner_url(settings: Settings) -> str:
    return settings.migrate_database_url or settings.database_url


def _none_or_fail(troubles: list[str]) -> None:
    for trouble in troubles:
        click.echo(trouble)
    if troubles:
        raise BackupError(f"{len(troubles)} things are wrong.")
