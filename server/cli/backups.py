"""backup and restore."""

import asyncio
import datetime
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from server.backup import database
from server.backup.contents import DUMP, FILES, VERSION, About, BackupError, damage, digest, read_about
from server.backup.files import changed, copy_in, copy_out
from server.backup.verification import SHOWN, Verification, known_files, lacking, verification
from server.cli.audit import anchors_in
from server.cli.environment import Prepared, located, opened, prepared, sentences
from server.cli.trail import noted
from server.postgres.migrations import migrate
from server.process import ended_by_exception
from server.security.fingerprints import check_fingerprints, fingerprints, missing_keys
from server.settings import Settings

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
def backup(folder: Path) -> None:
    """Write database, files and fingerprints of the keys to FOLDER, which must not be there yet. Keys are not in it."""
    with sentences(), ended_by_exception(), prepared(migrations=False) as ready, _troubles():
        if folder.exists():
            raise BackupError(f"{folder} is there already: give another one.")
        # Which raises KeysDiffer too: under the fingerprints of other keys nobody could restore it.
        before = asyncio.run(_known_files(ready))
        with _whole(folder) as unfinished:
            about = _written(ready, unfinished)
        click.echo(f"{folder} holds the database and {len(about.files)} files. Keep the keys elsewhere, and safe.")
        asyncio.run(_noted(ready, "backup.make", about))
        # What came since may have come after the copy, and what went was meant to go.
        after = asyncio.run(_known_files(ready))
        _say_what_is_missing(folder, about, {key: name for key, name in before.items() if key in after})


def _say_what_is_missing(folder: Path, about: About, known: Mapping[str, str]) -> None:
    missing = lacking(known, {Path(name).name for name in about.files})
    for trouble in missing[:SHOWN]:
        click.echo(trouble)
    if missing:
        raise BackupError(
            f"{folder} lacks {len(missing)} files that the database speaks of. "
            "Are FILE_STORE and DATA_DIR those of the server?"
        )


async def _known_files(ready: Prepared) -> dict[str, str]:
    async with opened(ready, new_keys=False) as environment:
        return await known_files(environment.database)


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A place to fill, which gets its name when all is in it: what failed is no backup, and not in the next one's way."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.unfinished-", dir=folder.parent))
    try:
        yield unfinished
        # Fails when somebody else took the name meanwhile. A folder that is ours and empty can be replaced.
        folder.mkdir(mode=0o700)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished)
        raise


def _written(ready: Prepared, folder: Path) -> About:
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
    return about


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
    # A backup brings the schema of its time, which anything newer in the database would be in the way of.
    place = prepared(migrations=False) if verify else located()
    with sentences(), ended_by_exception(), place as ready, _troubles():
        about = read_about(folder)
        _check_keys(about, ready)
        _none_or_fail(damage(folder, about))
        url = _owner_url(ready.settings)
        if not verify:
            database.check_fits(url, folder / DUMP)
            # The files first: until the database is in, all can be done again.
            copy_in(ready.settings, folder / FILES, about.files)
            database.restore(url, folder / DUMP)
            database.begin_epoch(url)
            migrate(url, server_role=_role(ready))
        found = asyncio.run(_verified(ready, files))
        if not verify:
            asyncio.run(_noted(ready, "backup.restore", about))
        wrong = database.wrong_counters(url) + database.broken_rules(url)
        _none_or_fail(wrong + changed(ready.settings, about.files) + found.troubles)
        for chain, blocks in found.later.items():
            click.echo(f"The anchors know {blocks} later blocks of the {chain} trail: what came after the backup.")
        done = "Verified" if verify else "Restored and verified"
        click.echo(
            f"{done}: {found.keys} keys, {found.records} records of the trail, all counters, {found.files} files. "
            f"The backup is of {about.made_at}."
        )


def _check_keys(about: About, ready: Prepared) -> None:
    """Before anything is done: what a missing key wraps could not be read. Raises KeysDiffer, BackupError."""
    current = fingerprints(ready.secrets)
    check_fingerprints(about.fingerprints, current)
    if missing := missing_keys(about.fingerprints, current):
        raise BackupError(
            f"ENCRYPTION_KEYS lacks {', '.join(missing)}, of the time of the backup: put it back at the end."
        )


async def _verified(ready: Prepared, anchors: tuple[Path, ...]) -> Verification:
    async with opened(ready, new_keys=False) as environment:
        return await verification(ready.settings, ready.secrets, environment.database, anchors_in(anchors))


async def _noted(ready: Prepared, action: str, about: About) -> None:
    """When it is done, in the database that it was done with: a database too ill to be written to can still be saved."""
    async with opened(ready, new_keys=False) as environment:
        await noted(environment, action, "backup", about.made_at, reason=f"{len(about.files)} files")


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
