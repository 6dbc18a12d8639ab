"""What each endpoint of the forum and of the directory asks the database: as little among many rows as among few."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import pytest

from repositories.mentors import MentorFilter, ProfileChange
from repositories.questions import QuestionFilter, QuestionText
from repositories.unit_of_work import Database
from server.documents import catalogue
from server.mentoring import MentoringWork, make_mentoring
from services.access import Access
from services.attachment_ports import Intake
from services.principal import ADMIN, MENTOR, Principal
from services.questions import NewQuestion, QuestionChanges
from tests.support.forum import ForumHouse
from tests.support.house import ALL_KINDS, Everybody
from tests.support.postgres import ScratchDatabase

PATHS = re.compile("/api/(questions|answers|tags|points|leaderboard|mentors|admin/(reports|questions|answers))")
PAGE: dict[str, Any] = {"before": None, "limit": 50}
ALL, TAGGED, ANYBODY = QuestionFilter(), QuestionFilter(tag="mentoring"), MentorFilter()
TEXT = QuestionText("How do I find a mentor?", "Please.", ("mentoring",))
# Makes HTML, and asks nobody. A picture goes the way of all files, to `keep_mentor_picture` in the end.
ELSEWHERE = {"POST /api/questions/preview", "PUT /api/mentors/me/avatar"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Made anew for each call: a question by `asker` with an answer by `helper`, reported, and one that nobody answered."""

    forum: ForumHouse
    mentoring: MentoringWork
    asker: Principal
    helper: Principal
    admin: Principal
    q: int
    a: int
    lonely: int
    report: int


Call = Callable[[Scene], Awaitable[object]]
LOCKED = "find_answer_place lock_question find_answer_place"
CALLS: dict[str, tuple[Call, str]] = {
    "GET /api/questions": (
        lambda s: s.forum.questions.page(s.asker, filters=ALL, sort="votes", **PAGE),
        "list_questions_votes",
    ),
    "GET /api/questions, of a tag": (
        lambda s: s.forum.questions.page(s.asker, filters=TAGGED, sort="activity", **PAGE),
        "list_tagged_activity",
    ),
    "GET /api/questions/{id}": (lambda s: s.forum.questions.get(s.asker, question_id=s.q), "find_question"),
    "GET /api/questions/{id}/versions": (
        lambda s: s.forum.questions.versions(s.asker, question_id=s.q),
        "find_question list_question_versions",
    ),
    "GET /api/questions/{id}/answers": (
        lambda s: s.forum.answers.page(s.asker, question_id=s.q, sort="votes", **PAGE),
        "find_question_change list_answers_votes",
    ),
    "GET /api/answers/{id}/versions": (
        lambda s: s.forum.answers.versions(s.helper, answer_id=s.a),
        "find_answer list_answer_versions",
    ),
    "GET /api/questions/search": (
        lambda s: s.forum.search.search(s.asker, q="mentor", filters=ALL, **PAGE),
        "search_questions",
    ),
    "GET /api/questions/similar": (
        lambda s: s.forum.search.similar(title="find a mentor", limit=5),
        "list_similar_questions",
    ),
    "GET /api/tags": (lambda s: s.forum.questions.tags(beginning="", limit=20), "list_tags"),
    "GET /api/points": (lambda s: s.forum.points.ledger(s.asker, **PAGE), "list_points find_points"),
    "GET /api/leaderboard": (
        lambda s: s.forum.points.leaders(s.asker, of_month=False, **PAGE),
        "list_leaders find_standing_of_points",
    ),
    "POST /api/questions": (
        lambda s: s.forum.questions.ask(s.asker, NewQuestion(text=TEXT)),
        "insert_question find_question",
    ),
    "POST /api/questions, with an id and a pseudonym": (
        lambda s: s.forum.questions.ask(
            s.asker, NewQuestion(text=TEXT, pseudonym="Someone", client_message_id=uuid4())
        ),
        "find_sent_question is_name_of_somebody insert_question find_question",
    ),
    "PATCH /api/questions/{id}": (
        lambda s: s.forum.questions.edit(s.asker, question_id=s.q, changes=QuestionChanges(body="Or so.")),
        "lock_question find_question edit_question find_question",
    ),
    "DELETE /api/questions/{id}": (
        lambda s: s.forum.questions.remove(s.asker, question_id=s.lonely),
        "lock_question remove_question settle_points",
    ),
    "POST /api/questions/{id}/answers": (
        lambda s: s.forum.answers.post(s.helper, question_id=s.q, body="So.", client_message_id=uuid4()),
        "lock_question find_sent_answer insert_answer find_answer",
    ),
    "PATCH /api/answers/{id}": (
        lambda s: s.forum.answers.edit(s.helper, answer_id=s.a, body="Or so."),
        f"{LOCKED} edit_answer find_answer",
    ),
    "DELETE /api/answers/{id}": (
        lambda s: s.forum.answers.remove(s.helper, answer_id=s.a),
        f"{LOCKED} remove_answer settle_points",
    ),
    "POST /api/answers/{id}/accept": (
        lambda s: s.forum.answers.accept(s.asker, answer_id=s.a),
        f"{LOCKED} accept_answer settle_points find_question",
    ),
    "DELETE /api/answers/{id}/accept": (
        lambda s: s.forum.answers.take_back(s.asker, answer_id=s.a),
        f"{LOCKED} find_question",
    ),
    "POST /api/questions/{id}/vote": (
        lambda s: s.forum.votes.on_question(s.helper, question_id=s.q, value=1),
        "lock_question write_vote count_question_vote settle_points",
    ),
    "POST /api/answers/{id}/vote": (
        lambda s: s.forum.votes.on_answer(s.asker, answer_id=s.a, value=1),
        f"{LOCKED} write_vote count_answer_vote settle_points",
    ),
    "POST /api/questions/{id}/report": (
        lambda s: s.forum.moderation.report_question(s.helper, question_id=s.q, reason="spam", details=None),
        "lock_question insert_report",
    ),
    "POST /api/answers/{id}/report": (
        lambda s: s.forum.moderation.report_answer(s.asker, answer_id=s.a, reason="spam", details=None),
        f"{LOCKED} insert_report",
    ),
    "GET /api/admin/reports": (
        lambda s: s.forum.moderation.reports(settled=False, **PAGE),
        "list_reports",
    ),
    "PATCH /api/admin/reports/{id}": (
        lambda s: s.forum.moderation.settle(s.admin, report_id=s.report, decision="dismissed", note=None),
        "find_report_place lock_question find_report_place settle_reports list_reports",
    ),
    "PATCH /api/admin/questions/{id}": (
        lambda s: s.forum.moderation.moderate_question(s.admin, question_id=s.lonely, removed=True, reason="test"),
        "lock_question remove_question settle_points settle_reports",
    ),
    "PATCH /api/admin/answers/{id}": (
        lambda s: s.forum.moderation.moderate_answer(s.admin, answer_id=s.a, removed=True, reason="test"),
        f"{LOCKED} remove_answer settle_points settle_reports",
    ),
    "GET /api/admin/questions/{id}/author": (
        lambda s: s.forum.moderation.author(question_id=s.q),
        "find_question find_user",
    ),
    "GET /api/mentors": (lambda s: s.mentoring.mentors.page(ANYBODY, q=None, **PAGE), "list_mentors"),
    "GET /api/mentors, by a name": (
        lambda s: s.mentoring.mentors.page(ANYBODY, q="mentor", **PAGE),
        "search_mentors",
    ),
    "GET /api/mentors, mistyped": (
        lambda s: s.mentoring.mentors.page(ANYBODY, q="cardiolouge", **PAGE),
        "search_mentors meant_mentor_words search_mentors",
    ),
    "GET /api/mentors/counts": (lambda s: s.mentoring.mentors.counts(ANYBODY, q=None), "count_mentor_tags"),
    "GET /api/mentors/counts, with two filters": (
        lambda s: s.mentoring.mentors.counts(MentorFilter(country="FR", language="fr"), q=None),
        "count_mentor_tags count_mentor_tags count_mentor_tags",
    ),
    "GET /api/mentors/{id}": (
        lambda s: s.mentoring.mentors.get(s.asker, mentor_id=s.helper.user_id),
        "find_mentor",
    ),
    "GET /api/mentors/{id}/avatar": (
        lambda s: s.mentoring.profiles.picture(mentor_id=s.helper.user_id),
        "find_mentor_picture",
    ),
    "GET /api/mentors/me": (lambda s: s.mentoring.profiles.own(s.helper), "find_mentor"),
    "PATCH /api/mentors/me": (
        lambda s: s.mentoring.profiles.change(s.helper, ProfileChange(headline="Cardiologue")),
        "change_mentor find_mentor",
    ),
    "DELETE /api/mentors/me/avatar": (
        lambda s: s.mentoring.profiles.hide(s.helper),
        "drop_mentor_picture find_mentor",
    ),
}


@pytest.fixture
async def watched(clean_database: ScratchDatabase) -> AsyncIterator[tuple[Database, list[str]]]:
    """A database that notes every statement."""
    asked: list[str] = []
    database = Database(
        url=clean_database.server_url, pool_size=3, patience=2.5, observe=lambda name, _: asked.append(name)
    )
    await database.open()
    yield database, asked
    await database.close()


async def made(database: Database, asker: Principal, helper: Principal, admin: Principal) -> Scene:
    forum = ForumHouse(database)
    mentoring = make_mentoring(
        database=database, online=Everybody(), access=Access(kinds=ALL_KINDS), intake=cast(Intake, None)
    )
    question, lonely = await forum.ask(asker), await forum.ask(asker)
    answer = await forum.answer(helper, question)
    report = await forum.moderation.report_question(admin, question_id=question.row.id, reason="spam", details=None)
    async with database.transaction() as repositories:
        await repositories.mentors.keep_picture(user_id=helper.user_id, content=b"picture")
    await mentoring.profiles.change(helper, ProfileChange(specialties=["Cardiologie"]))
    numbers = question.row.id, answer.row.id, lonely.row.id, report.report_id
    return Scene(forum, mentoring, asker, helper, admin, *numbers)


async def test_every_endpoint_asks_as_little_among_many_as_among_few(watched: tuple[Database, list[str]]) -> None:
    database, asked = watched
    forum = ForumHouse(database)
    asker, helper, admin = await forum.person(), await forum.person(MENTOR), await forum.person(ADMIN)

    async def costs() -> dict[str, str]:
        found = {}
        for name, (call, _) in CALLS.items():
            scene = await made(database, asker, helper, admin)
            asked.clear()
            await call(scene)
            found[name] = " ".join(asked)
        return found

    wanted = {name: statements for name, (_, statements) in CALLS.items()}
    assert await costs() == wanted
    for person in await forum.people(12):
        await forum.person(MENTOR)
        scene = await made(database, person, helper, admin)
        await scene.forum.votes.on_question(asker, question_id=scene.q, value=1)
        await scene.forum.answers.accept(person, answer_id=scene.a)
    assert await costs() == wanted
    there = {f"{row.method} {row.path}" for row in catalogue().endpoints if PATHS.match(row.path)}
    assert {name.partition(",")[0] for name in wanted} == there - ELSEWHERE


async def test_counts_are_made_once_for_all_who_ask_at_the_same_time(watched: tuple[Database, list[str]]) -> None:
    database, asked = watched
    forum = ForumHouse(database)
    scene = await made(database, await forum.person(), await forum.person(MENTOR), await forum.person(ADMIN))
    asked.clear()
    found = await asyncio.gather(*(scene.mentoring.mentors.counts(ANYBODY, q=None) for _ in range(20)))
    assert {(counts.total, len(counts.specialties)) for counts in found} == {(1, 1)}
    assert asked == ["count_mentor_tags"]
    # A count that failed is not waited for, nor remembered.
    await database.close()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="closing pool"):
            await scene.mentoring.mentors.counts(MentorFilter(country="FR"), q=None)
    await database.open()
    assert (await scene.mentoring.mentors.counts(MentorFilter(country="FR"), q=None)).total == 0
