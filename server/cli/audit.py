"""audit verify, export."""

import datetime
import json
from pathlib import Path

import click

from server.cli.environment import Environment, with_environment
from server.cli.trail import HERE, trail_of
from server.trail.anchor import anchor_path
from services.fhir import audit_event
from services.trail_check import BadAnchor, ChainReport, TrailCheck, read_anchors
from services.trail_export import TrailExport, as_json
from services.trail_ports import TrailEntry

MOMENT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"))


@click.group()
def audit() -> None:
    """Check and export the trail: who did what to which thing."""


@audit.command(
    "verify",
    epilog="""\b
    Examples:
      python -m server audit verify
      python -m server audit verify --anchor node-a.jsonl --anchor node-b.jsonl""",
)
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of anchors; several for several nodes. Without: AUDIT_ANCHOR_FILE.",
)
@with_environment
async def verify(environment: Environment, files: tuple[Path, ...]) -> None:
    """Look at every record of the trail, and name the first of each chain that was changed, removed, added or reordered."""
    settings = environment.settings
    report = await TrailCheck(unit_of_work=environment.database).run(
        anchors_in(files or (anchor_path(settings.audit_anchor_file, settings.data_dir),))
    )
    for chain in report.chains:
        click.echo(_line(chain))
    if report.breaks:
        raise click.ClickException("The trail is broken.")
    click.echo("The trail is whole.")


def anchors_in(files: tuple[Path, ...]) -> dict[str, dict[int, bytes]]:
    """Raises ClickException. Two files that say different things of one block are a break of their own."""
    anchors: dict[str, dict[int, bytes]] = {}
    for path in files:
        if not path.exists():
            click.echo(
                f"Mind: there are no anchors in {path}; a chain that was made anew as a whole is not seen.", err=True
            )
            continue
        try:
            found = read_anchors(path.read_text("ascii", "replace").splitlines())
        except BadAnchor as error:
            raise click.ClickException(f"{path}, {error}: this is no anchor.") from error
        for chain, heads in found.items():
            known = anchors.setdefault(chain, {})
            if conflicts := [number for number in heads.keys() & known.keys() if heads[number] != known[number]]:
                raise click.ClickException(f"{path} contradicts another anchor: {chain} block {min(conflicts)}.")
            known.update(heads)
    return anchors


def _line(chain: ChainReport) -> str:
    if chain.broken is not None:
        return f"{chain.chain:<8} BROKEN at block {chain.broken.block}: {chain.broken.what}"
    return f"{chain.chain:<8} whole: {chain.rows} records in {chain.blocks} blocks, {chain.unsealed} numbers not sealed yet"


@audit.command(
    "export", epilog="Example: python -m server audit export --format fhir --since 2026-01-01 > audit.ndjson"
)
@click.option("--format", "form", type=click.Choice(("jsonl", "fhir")), default="jsonl", show_default=True)
@click.option("--since", type=MOMENT, help="From this moment on, in UTC.")
@click.option("--until", type=MOMENT, help="Before this moment, in UTC.")
@with_environment
async def export(
    environment: Environment, form: str, since: datetime.datetime | None, until: datetime.datetime | None
) -> None:
    """Print the trail, one JSON object a line. `fhir`: AuditEvent resources of FHIR R4. That it was exported is on it too."""
    await _note_export(environment, form)
    records = TrailExport(unit_of_work=environment.database).records(since=_utc(since), until=_utc(until))
    async for chain, record in records:
        said = audit_event(chain, record) if form == "fhir" else as_json(chain, record)
        click.echo(json.dumps(said, ensure_ascii=False, separators=(",", ":")))


async def _note_export(environment: Environment, form: str) -> None:
    async with trail_of(environment) as trail:
        trail.note(TrailEntry(action="audit.export", principal=None, origin=HERE, object_type="trail", object_id=form))


def _utc(moment: datetime.datetime | None) -> datetime.datetime | None:
    return None if moment is None else moment.replace(tzinfo=datetime.UTC)
