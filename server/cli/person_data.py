"""person archive, erase, identity, erasures."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click

from server.cli.environment import Environment, with_environment
from server.cli.quiet import QuietPublisher
from server.cli.trail import noted
from server.files.build import make_file_kit
from server.person_data.build import PersonData, make_person_data
from server.security.cipher import AesContentCipher
from services.erasure_plan import ErasureReport
from services.errors import AuthRequired, Conflict, NotFound
from services.file_ports import FileStore
from services.message_view import MessageOpener
from services.principal import Principal
from services.rechecks import Rechecks
from services.unreadable import Unreadable

Id = click.IntRange(min=1)
PAGE = 200
REASON = click.option("--reason", required=True, help="Why; it is kept.")
BY = click.option("--by", required=True, help="Who says so.")


@click.group()
def person() -> None:
    """All data about a person: give them out, or erase them."""


@person.command(
    "archive",
    epilog='Example: python -m server person archive 12 person-12.zip --by "A. Roy" --reason "letter of 3 May"',
)
@click.argument("user_id", type=Id, metavar="ID")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@REASON
@BY
@with_environment
async def archive(environment: Environment, user_id: int, file: Path, reason: str, by: str) -> None:
    """Write everything about a person to FILE, a signed ZIP, for somebody who cannot sign in. It holds what they wrote."""
    kit = make_file_kit(environment.settings)
    try:
        # On the trail before anything is opened.
        await _noted(environment, "archive.make", user_id, f"{by}: {reason}")
        chunks = make_person_data_here(environment, kit.store).builders(user_id, user_id).chunks()
        first = await anext(chunks)
        with _new(file) as out:
            out.write(first)
            async for chunk in chunks:
                out.write(chunk)
    except NotFound as error:
        raise click.ClickException(f"There is no user with id {user_id}.") from error
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already: give another one.") from error
    finally:
        await kit.close()
    click.echo(f"{file} holds everything about user {user_id}. `export verify` says whether it is whole.")


def _new(file: Path) -> IO[bytes]:
    """Whoever else is on this machine shall not read along. Raises FileExistsError."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@person.command("erase", epilog="Example: python -m server person erase 12 --dry-run")
@click.argument("user_id", type=Id, metavar="ID")
@click.option("--dry-run", is_flag=True, help="Say what would be removed and what must be kept, and change nothing.")
@click.option("--reason", default="", help="Why; it is kept.")
@click.option("--by", default="", help="Who says so.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@with_environment
async def erase(environment: Environment, user_id: int, dry_run: bool, reason: str, by: str, as_json: bool) -> None:
    """Erase a person as far as retention and legal holds let one. There is no way back."""
    if not dry_run and not (reason.strip() and by.strip()):
        raise click.UsageError("Give --reason and --by, or --dry-run.")
    kit = make_file_kit(environment.settings)
    work = make_person_data_here(environment, kit.store).erasure
    try:
        if dry_run:
            report = await work.report(user_id=user_id)
        else:
            report = await work.erase(user_id=user_id, reason=reason, asked_by=by)
            await _noted(environment, "person.erase", user_id, f"{by}: {reason}")
    except NotFound as error:
        raise click.ClickException(f"There is no user with id {user_id}.") from error
    except Conflict as error:
        raise click.ClickException(
            "A legal hold is on this person: nothing was changed. `python -m server retention holds` shows it."
        ) from error
    finally:
        await kit.close()
    for line in [json.dumps(asdict(report), default=str)] if as_json else _lines(report):
        click.echo(line)


@person.command(
    "identity", epilog='Example: python -m server person identity 12 --by "A. Roy" --reason "court order 7"'
)
@click.argument("user_id", type=Id, metavar="ID")
@REASON
@BY
@with_environment
async def identity(environment: Environment, user_id: int, reason: str, by: str) -> None:
    """Say who an erased person was, while records of theirs are kept. It is on the trail before it is said."""
    kit = make_file_kit(environment.settings)
    try:
        await _noted(environment, "person.identify", user_id, f"{by}: {reason}")
        found = await make_person_data_here(environment, kit.store).erasure.identity(user_id=user_id)
    except NotFound as error:
        raise click.ClickException(f"User {user_id} was not erased, or nobody knows any more who it was.") from error
    finally:
        await kit.close()
    click.echo(json.dumps(asdict(found), ensure_ascii=False))


@person.command("erasures", epilog="Example: python -m server person erasures --all")
@click.option("--all", "with_finished", is_flag=True, help="Those that are finished too.")
@with_environment
async def erasures(environment: Environment, with_finished: bool) -> None:
    """List who was erased and waits for the end of what must be kept."""
    after = 0
    while True:
        async with environment.database.reading() as repositories:
            rows = await repositories.erasures.page(after_id=after, unfinished=not with_finished, limit=PAGE)
        for row in rows:
            state = f"finished {row.finished_at:%Y-%m-%d}" if row.finished_at else "waiting"
            name = f", name kept: {row.name_kept}" if row.name_kept else ""
            click.echo(f"{row.user_id:>8}  {row.pseudonym}  {row.asked_at:%Y-%m-%d} by {row.asked_by}: {state}{name}")
        if len(rows) < PAGE:
            return
        after = rows[-1].id


def make_person_data_here(environment: Environment, store: FileStore) -> PersonData:
    settings, cipher = environment.settings, AesContentCipher(environment.secrets.master_keys)
    return make_person_data(
        unit_of_work=environment.database,
        publisher=QuietPublisher(),
        cipher=cipher,
        opener=MessageOpener(cipher=cipher, unreadable=Unreadable()),
        store=store,
        signing_seed=environment.secrets.signing_seed,
        rechecks=Rechecks(_nobody),
        wake=lambda: None,
        life_seconds=settings.export_hours * 3600,
        days=settings.retention_days,
    )


async def _nobody(user_id: int, session_id: str | None, expires_at: float) -> Principal:
    """Archives are fetched from servers only."""
    raise AuthRequired


async def _noted(environment: Environment, action: str, user_id: int, reason: str) -> None:
    await noted(environment, action, "user", user_id, reason=reason)


def _lines(report: ErasureReport) -> list[str]:
    lines = [f"User {report.user_id}: {report.state}" + (f", now {report.pseudonym}" if report.pseudonym else "")]
    lines += [f"  removed  {item.what}{'' if item.count is None else f': {item.count}'}" for item in report.removed]
    for kept in report.kept:
        number = "" if kept.count is None else f": {kept.count}"
        messages = f" ({kept.messages} messages)" if kept.messages is not None else ""
        until = f", until {kept.until:%Y-%m-%d}" if kept.until else ""
        lines.append(f"  kept     {kept.what}{number}{messages}, {kept.why}{until}")
    return lines
