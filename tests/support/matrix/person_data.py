"""Rows of what an installation holds of a person: had by them alone, erased by administrators."""

from tests.support.matrix.rules import NOT_FOUND, administrators, always, anybody
from tests.support.matrix.table import Path, Row, Scene, outcome, route

ALL, ONE = "/api/messaging/archives", "/api/messaging/archives/{id}"
USER = "/api/admin/users/{id}"


def of_the_doomed(rest: str) -> Path:
    return lambda scene: f"/api/admin/users/{scene.spare.doomed.id}/{rest}"


async def _own(scene: Scene) -> str:
    asked = await scene.rest.call("POST", ALL)
    return outcome(await scene.rest.call("GET", f"{ALL}/{asked.body['archiveId']}"))


async def _archive_of_another(scene: Scene) -> int:
    """The administrator's too: they have it made, and cannot fetch it."""
    path = f"/api/admin/users/{scene.spare.victim.id}/archives"
    asked = await scene.spare.host.call("POST", path, {"reason": "a letter"})
    return int(asked.body["archiveId"])


async def _of_another(scene: Scene) -> str:
    return outcome(await scene.rest.call("GET", f"{ALL}/{await _archive_of_another(scene)}"))


async def _list_without_anothers(scene: Scene) -> str:
    theirs = await _archive_of_another(scene)
    listed = await scene.rest.call("GET", ALL)
    if listed.status == 200:
        assert theirs not in [item["archiveId"] for item in listed.body["items"]]
    return outcome(listed)


async def _file_of_another(scene: Scene) -> str:
    return outcome(await scene.rest.call("GET", f"{ALL}/{await _archive_of_another(scene)}/file"))


ROWS = (
    Row(f"POST {ALL}", route(f"POST {ALL}"), anybody, stateless=True),
    Row(f"GET {ALL}", _list_without_anothers, anybody, stateless=True),
    Row(f"GET {ONE}", _own, anybody, way="one's own", stateless=True),
    Row(f"GET {ONE}", _of_another, always(NOT_FOUND), way="another's", stateless=True),
    Row(f"GET {ONE}/file", _file_of_another, always(NOT_FOUND), way="another's", stateless=True),
    Row(
        f"POST {USER}/archives",
        route(f"POST {USER}/archives", of_the_doomed("archives"), lambda _: {"reason": "a letter"}),
        administrators,
        stateless=True,
    ),
    Row(f"GET {USER}/erasure", route(f"GET {USER}/erasure", of_the_doomed("erasure")), administrators, stateless=True),
    Row(
        f"POST {USER}/erasure",
        route(f"POST {USER}/erasure", of_the_doomed("erasure"), lambda _: {"reason": "a letter"}),
        administrators,
        stateless=True,
    ),
)
