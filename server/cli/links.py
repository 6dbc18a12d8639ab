"""link add, end, list."""

import json

import click

from repositories.care_links import LinkFilter, LinkRow
from server.cli.environment import Environment, with_environment
from server.cli.quiet import QuietPublisher
from server.cli.trail import noted
from services.care_links import CareLinks, LinkPeople, PersonKey
from services.errors import ValidationFailed

PAGE = 200
PersonId = click.IntRange(min=1)
WHY_NOT = {"unknown_user": "is no user", "wrong_role": "has another role"}


@click.group()
def link() -> None:
    """Add, end and list care links between patients and doctors."""


@link.command("add", epilog="Example: python -m server link add --patient 4 --doctor 9")
@click.option("--patient", required=True, type=PersonId, metavar="ID")
@click.option("--doctor", required=True, type=PersonId, metavar="ID")
@with_environment
async def add(environment: Environment, patient: int, doctor: int) -> None:
    """Link a patient and a doctor, so that they may write to each other."""
    try:
        result = await _links(environment).add(_people(patient, doctor))
    except ValidationFailed as error:
        raise _explained(error, patient, doctor) from error
    if result.created:
        await noted(environment, "care_link.add", "care_link", result.link.id)
    done = "Linked" if result.created else "There was a link already between"
    click.echo(
        f"{done} patient {result.link.patient_name} and doctor {result.link.doctor_name} (link {result.link.id})."
    )


@link.command("end", epilog="Example: python -m server link end --patient 4 --doctor 9")
@click.option("--patient", required=True, type=PersonId, metavar="ID")
@click.option("--doctor", required=True, type=PersonId, metavar="ID")
@with_environment
async def end(environment: Environment, patient: int, doctor: int) -> None:
    """End the link of the two. Running servers tell open clients within a second; nobody can write from now on."""
    try:
        ended = await _links(environment).end_between(_people(patient, doctor))
    except ValidationFailed as error:
        raise _explained(error, patient, doctor) from error
    if not ended:
        raise click.ClickException(f"Patient {patient} and doctor {doctor} have no open link.")
    await noted(environment, "care_link.end", "user", patient)
    click.echo(f"Ended the link of patient {patient} and doctor {doctor}.")


@link.command("list", epilog="Example: python -m server link list --doctor 9 --json")
@click.option("--patient", type=PersonId, metavar="ID")
@click.option("--doctor", type=PersonId, metavar="ID")
@click.option("--all", "with_ended", is_flag=True, help="Ended links too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_environment
async def list_links(
    environment: Environment, patient: int | None, doctor: int | None, with_ended: bool, as_json: bool
) -> None:
    """List care links, latest first."""
    filters = LinkFilter(patient_id=patient, doctor_id=doctor, active=None if with_ended else True)
    before: int | None = None
    while True:
        page = await _links(environment).page(filters=filters, before=before, limit=PAGE)
        for row in page.items:
            click.echo(json.dumps(_as_json(row), ensure_ascii=False) if as_json else _as_line(row))
        if page.next is None:
            return
        before = int(page.next)


def _links(environment: Environment) -> CareLinks:
    return CareLinks(unit_of_work=environment.database, publisher=QuietPublisher())


def _people(patient: int, doctor: int) -> LinkPeople:
    return LinkPeople(patient=PersonKey(user_id=patient), doctor=PersonKey(user_id=doctor))


def _explained(error: ValidationFailed, patient: int, doctor: int) -> click.ClickException:
    field, reason = next(iter((error.fields or {}).items()))
    who = f"Patient {patient}" if field == "patientId" else f"Doctor {doctor}"
    return click.ClickException(f"{who} {WHY_NOT[reason]}; `python -m server user list` shows who is who.")


def _as_json(row: LinkRow) -> dict[str, object]:
    return {
        "id": row.id,
        "externalId": row.external_id,
        "patientId": row.patient_id,
        "doctorId": row.doctor_id,
        "since": row.since.isoformat(),
        "until": row.until and row.until.isoformat(),
        "active": row.active,
    }


def _as_line(row: LinkRow) -> str:
    state = "open" if row.until is None else f"ended {row.until:%Y-%m-%d %H:%M}"
    people = f"{row.patient_name} ({row.patient_id}) – {row.doctor_name} ({row.doctor_id})"
    return f"{row.id:>8}  {people}  since {row.since:%Y-%m-%d}, {state}"
