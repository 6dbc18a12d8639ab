"""retention run, hold, release, holds."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from repositories.legal_holds import HoldRow
from repositories.retention import EndedRow
from server.cli.environment import Environment, with_environment
from server.cli.person_data import make_person_data_here
from server.cli.quiet import QuietPublisher
from server.cli.trail import noted, trail_of
from server.files.build import make_file_kit
from server.person_data.build import forgetting
from server.retention import policy_of
from services.errors import NotFound, ValidationFailed
from services.legal_holds import LegalHolds
from services.retention import Retention, RetentionReport

Id = click.IntRange(min=1)


@click.group()
def retention() -> None:
    """What is shredded at the end of its retention, and what must be kept."""


@retention.command("run", epilog="Example: python -m server retention run --dry-run")
@click.option("--dry-run", is_flag=True, help="Say what would be shredded, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: each conversation of a dry run.")
@with_environment
async def run(environment: Environment, dry_run: bool, as_json: bool) -> None:
    """Shred what is due now, as servers do by themselves every few hours. There is no way back."""
    if as_json and not dry_run:
        raise click.UsageError("--json goes with --dry-run.")
    async with _retention(environment) as work:
        if as_json:
            async for row in work.ended():
                click.echo(json.dumps(_as_json(row)))
            return
        report = await work.run(dry=dry_run)
    for line in _lines(environment, report):
        click.echo(line)
    if dry_run:
        click.echo(f"A run would shred {report.due} conversations.")
    else:
        click.echo(f"Shredded {len(report.shredded)} conversations.")


@retention.command("hold", epilog='Example: python -m server retention hold --conversation 7 --by "A. Roy" --reason …')
@click.option("--conversation", "conversation_id", type=Id, metavar="ID", help="This conversation …")
@click.option("--user", "user_id", type=Id, metavar="ID", help="… or all conversations of this person.")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--by", "placed_by", required=True, help="Who says so.")
@with_environment
async def hold(
    environment: Environment, conversation_id: int | None, user_id: int | None, reason: str, placed_by: str
) -> None:
    """Keep a conversation, or all of a person, whatever its retention."""
    if (conversation_id is None) == (user_id is None):
        raise click.UsageError("Give one of --conversation and --user.")
    try:
        placed = await LegalHolds(unit_of_work=environment.database).place(
            conversation_id=conversation_id, user_id=user_id, reason=reason, placed_by=placed_by
        )
    except NotFound as error:
        raise click.ClickException("There is no such conversation or user.") from error
    except ValidationFailed as error:
        raise click.ClickException("Reason and name may not be empty.") from error
    await _noted(environment, "legal_hold.place", placed, f"{placed.placed_by}: {placed.reason}")
    click.echo(f"Hold {placed.id} is placed on {_target(placed)}.")


@retention.command("release", epilog='Example: python -m server retention release 3 --by "A. Roy" --reason …')
@click.argument("hold_id", type=Id, metavar="HOLD")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--by", "released_by", required=True, help="Who says so.")
@with_environment
async def release(environment: Environment, hold_id: int, reason: str, released_by: str) -> None:
    """Lift a hold. What is due is shredded at the next run."""
    try:
        released = await LegalHolds(unit_of_work=environment.database).release(
            hold_id=hold_id, reason=reason, released_by=released_by
        )
    except NotFound as error:
        raise click.ClickException(f"There is no open hold {hold_id}.") from error
    except ValidationFailed as error:
        raise click.ClickException("Reason and name may not be empty.") from error
    await _noted(environment, "legal_hold.release", released, f"{released.released_by}: {released.release_reason}")
    click.echo(f"Hold {released.id} on {_target(released)} is lifted.")


@retention.command("holds", epilog="Example: python -m server retention holds --all")
@click.option("--all", "with_released", is_flag=True, help="Those that were lifted too.")
@with_environment
async def holds(environment: Environment, with_released: bool) -> None:
    """List the holds, latest first."""
    async for row in LegalHolds(unit_of_work=environment.database).all(with_released=with_released):
        click.echo(_as_line(row))


async def _noted(environment: Environment, action: str, row: HoldRow, reason: str) -> None:
    await noted(environment, action, "legal_hold", row.id, conversation_id=row.conversation_id, reason=reason)


@asynccontextmanager
async def _retention(environment: Environment) -> AsyncIterator[Retention]:
    settings, database, publisher = environment.settings, environment.database, QuietPublisher()
    kit = make_file_kit(settings)
    try:
        async with trail_of(environment) as trail:
            yield Retention(
                unit_of_work=database,
                publisher=publisher,
                trail=trail,
                policy=policy_of(settings),
                forget=forgetting(database, publisher, kit.store, make_person_data_here(environment, kit.store).maker),
            )
    finally:
        await kit.close()


def _as_json(row: EndedRow) -> dict[str, object]:
    return {
        "conversationId": row.id,
        "kind": row.kind,
        "silentSince": row.silent_since.isoformat(),
        "messages": row.message_count,
        "held": row.held,
    }


def _lines(environment: Environment, report: RetentionReport) -> list[str]:
    lines = []
    for kind, days in environment.settings.retention_days.items():
        found = report.kinds.get(kind)
        rule = f"{days} days" if days else "for ever"
        over = f"{found.conversations} over, {found.messages} messages, {found.held} held" if found else "none over"
        lines.append(f"{kind:<10}  kept {rule:<9}  {over}")
    return lines


def _target(row: HoldRow) -> str:
    return f"user {row.user_id}" if row.conversation_id is None else f"conversation {row.conversation_id}"


def _as_line(row: HoldRow) -> str:
    line = f"{row.id:>6}  {_target(row):<24} {row.placed_at:%Y-%m-%d} by {row.placed_by}: {row.reason}"
    if row.released_at is None:
        return line
    return f"{line}  (lifted {row.released_at:%Y-%m-%d} by {row.released_by}: {row.release_reason})"
