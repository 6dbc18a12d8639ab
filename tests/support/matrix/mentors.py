"""Rows of the directory of mentors: everybody who is signed in may look, and each mentor says what is said of them."""

from tests.support.matrix.rules import FORBIDDEN, NOT_FOUND, OK, Rule, State, always, anybody
from tests.support.matrix.table import Row, Scene, outcome, route
from tests.support.specimens import picture
from tests.support.uploads import show_oneself

PATH = "/api/mentors"


def mentors_alone(who: str, state: State) -> str:
    return OK if who == "other mentor" else FORBIDDEN


async def _one(scene: Scene) -> str:
    found = await scene.rest.get(PATH, q="Sofia Rossi")
    return outcome(await scene.rest.call("GET", f"{PATH}/{found['items'][0]['id']}"))


async def _no_mentor(scene: Scene) -> str:
    return outcome(await scene.rest.call("GET", f"{PATH}/{scene.spare.victim.id}"))


async def _show(scene: Scene) -> str:
    return outcome(await show_oneself(scene.rest.session, scene.rest.url, scene.me, picture(size=(64, 64))))


def row(name: str, rule: Rule = anybody) -> Row:
    return Row(name, route(name, body=(lambda _: {}) if name.startswith("PATCH") else None), rule, stateless=True)


ROWS = (
    row(f"GET {PATH}"),
    row(f"GET {PATH}/counts"),
    row(f"GET {PATH}/me", mentors_alone),
    row(f"PATCH {PATH}/me", mentors_alone),
    Row(f"PUT {PATH}/me/avatar", _show, mentors_alone, stateless=True),
    row(f"DELETE {PATH}/me/avatar", mentors_alone),
    Row(f"GET {PATH}/{{id}}", _one, anybody, way="a mentor's", stateless=True),
    Row(f"GET {PATH}/{{id}}", _no_mentor, always(NOT_FOUND), way="of somebody who is none", stateless=True),
    Row(
        f"GET {PATH}/{{id}}/avatar",
        route(f"GET {PATH}/{{id}}/avatar", lambda scene: f"{PATH}/{scene.spare.victim.id}/avatar"),
        always(NOT_FOUND),
        way="of somebody who is none",
        stateless=True,
    ),
)
