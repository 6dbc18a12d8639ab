"""Rows of the directory of mentors: everybody looks, mentors change what is said of themselves."""

import io

import aiohttp

from tests.support.matrix.rules import FORBIDDEN, OK, State, anybody
from tests.support.matrix.table import Path, Row, Scene, outcome, route
from tests.support.rest import Answer
from tests.support.specimens import photo

ALL, ME = "/api/mentors", "/api/mentors/me"
MENTOR = "other mentor"


def mentors(who: str, state: State) -> str:
    return OK if who == MENTOR else FORBIDDEN


def of_the_mentor(rest: str = "") -> Path:
    return lambda scene: f"{ALL}/{scene.thread.people[MENTOR].id}{rest}"


async def _show(scene: Scene) -> str:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(photo()), filename="me.jpg")
    headers = {"Authorization": f"Bearer {scene.me.token}"}
    async with scene.rest.session.put(f"{scene.rest.url}{ME}/avatar", data=form, headers=headers) as reply:
        return outcome(Answer(reply.status, await reply.json()))


ROWS = (
    Row(f"GET {ALL}", route(f"GET {ALL}"), anybody, stateless=True),
    Row(f"GET {ALL}/counts", route(f"GET {ALL}/counts"), anybody, stateless=True),
    Row(f"GET {ALL}/{{id}}", route(f"GET {ALL}/{{id}}", of_the_mentor()), anybody, stateless=True),
    Row(f"GET {ME}", route(f"GET {ME}"), mentors, stateless=True),
    Row(f"PATCH {ME}", route(f"PATCH {ME}", body=lambda _: {"headline": "Here"}), mentors, stateless=True),
    Row(f"PUT {ME}/avatar", _show, mentors, stateless=True),
    Row(
        f"GET {ALL}/{{id}}/avatar", route(f"GET {ALL}/{{id}}/avatar", of_the_mentor("/avatar")), anybody, stateless=True
    ),
    Row(f"DELETE {ME}/avatar", route(f"DELETE {ME}/avatar"), mentors, stateless=True),
)
