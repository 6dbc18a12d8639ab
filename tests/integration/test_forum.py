"""Questions and answers: what is kept, who may, what is found."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg2
import pytest

from repositories.questions import QuestionFilter, QuestionPosition
from repositories.unit_of_work import Database
from server.seeding.forum import POSTS, seed_forum
from services.errors import Conflict, DomainError, Forbidden, NotFound, ValidationFailed
from services.events import AnswerAccepted, AnswerChanged, AnswerPosted, QuestionAsked, QuestionChanged
from services.forum_search import FoundPage
from services.forum_view import QuestionView
from services.principal import ADMIN, DOCTOR, MENTOR, PATIENT, Principal
from services.questions import QuestionChanges
from tests.support.forum import ForumHouse
from tests.support.postgres import ScratchDatabase, connected

DEMO_HELPERS = {"sofia", "david", "dr.martin", "dr.petit", "dr.nguyen"}


@pytest.fixture
def forum(database: Database) -> ForumHouse:
    return ForumHouse(database)


async def test_a_question_lives(forum: ForumHouse) -> None:
    """Asked, answered, edited, accepted, removed: counts, versions and `change` follow, and each is told once."""
    asker, helper = await forum.people(2)
    asked = await forum.ask(asker, body="**Now**, please.", tags=("mentor", "été"))
    question_id = asked.row.id
    assert (asked.row.change, asked.row.version, asked.body_html) == (1, 1, "<p><strong>Now</strong>, please.</p>\n")
    first = await forum.answer(helper, asked, "One")
    second = await forum.answer(helper, asked, "Two")
    edited = await forum.answers.edit(helper, answer_id=first.row.id, body="One, better")
    again = await forum.answers.edit(helper, answer_id=first.row.id, body="One, better")
    assert (edited.row.version, again.row.version, edited.row.change, again.row.change) == (2, 2, 4, 4)
    await forum.answers.accept(asker, answer_id=first.row.id)
    chosen = await forum.answers.accept(asker, answer_id=second.row.id)
    assert chosen.row.accepted_answer_id == second.row.id
    await forum.answers.accept(asker, answer_id=second.row.id)
    await forum.answers.take_back(asker, answer_id=first.row.id)
    assert (await forum.questions.get(helper, question_id=question_id)).row.accepted_answer_id == second.row.id
    await forum.answers.remove(helper, answer_id=second.row.id)
    now = await forum.questions.get(helper, question_id=question_id)
    assert (now.row.accepted_answer_id, now.row.answer_count, now.row.change) == (None, 1, 7)
    page = await forum.answers.page(asker, question_id=question_id, sort="votes", before=None, limit=10)
    assert [(view.row.id, view.body) for view in page.items] == [(first.row.id, "One, better")]
    changed = await forum.questions.edit(asker, question_id=question_id, changes=QuestionChanges(tags=["mentor"]))
    assert (changed.row.tags, changed.row.title, changed.row.version) == (["mentor"], asked.row.title, 2)
    [old] = await forum.questions.versions(asker, question_id=question_id)
    assert (old.version, old.tags) == (1, ["mentor", "été"])
    assert [old.body for old in await forum.answers.versions(helper, answer_id=first.row.id)] == ["One"]
    assert [(row.tag, row.count) for row in await forum.questions.tags(beginning="", limit=9)] == [("mentor", 1)]
    kinds = [type(fact) for fact in forum.published.facts]
    assert kinds == [
        *(QuestionAsked, AnswerPosted, AnswerPosted, AnswerChanged, AnswerAccepted, AnswerAccepted, AnswerChanged),
        QuestionChanged,
    ]


Try = Callable[[ForumHouse, Principal], Awaitable[object]]


async def test_only_who_may(forum: ForumHouse) -> None:
    asker, helper, other = await forum.people(3)
    question = await forum.ask(asker)
    answer = await forum.answer(helper, question)
    number, answered = question.row.id, answer.row.id
    table: list[tuple[Principal, Callable[[Principal], Awaitable[Any]], type[DomainError]]] = [
        (other, lambda me: forum.questions.edit(me, question_id=number, changes=QuestionChanges(body="x")), Forbidden),
        (other, lambda me: forum.questions.remove(me, question_id=number), Forbidden),
        (asker, lambda me: forum.questions.remove(me, question_id=number), Conflict),
        (asker, lambda me: forum.answers.edit(me, answer_id=answered, body="x"), Forbidden),
        (asker, lambda me: forum.answers.remove(me, answer_id=answered), Forbidden),
        (helper, lambda me: forum.answers.accept(me, answer_id=answered), Forbidden),
        (helper, lambda me: forum.answers.take_back(me, answer_id=answered), Forbidden),
        (asker, lambda me: forum.votes.on_question(me, question_id=number, value=1), Forbidden),
        (helper, lambda me: forum.votes.on_answer(me, answer_id=answered, value=-1), Forbidden),
        (other, lambda me: forum.questions.versions(me, question_id=number), Forbidden),
        (other, lambda me: forum.answers.versions(me, answer_id=answered), Forbidden),
        (other, lambda me: forum.answers.post(me, question_id=number, body="x" * 5001), ValidationFailed),
        (other, lambda me: forum.answers.post(me, question_id=9999, body="x"), NotFound),
        (other, lambda me: forum.votes.on_answer(me, answer_id=9999, value=1), NotFound),
        (other, lambda me: forum.questions.change(question_id=9999), NotFound),
    ]
    told = len(forum.published.facts)
    for who, call, error in table:
        with pytest.raises(error):
            await call(who)
    assert len(forum.published.facts) == told


async def test_switched_off_nothing_is_there(forum: ForumHouse) -> None:
    me = await forum.person(ADMIN)
    question = await forum.ask(me)
    off = ForumHouse(forum.database, on=False)
    number = question.row.id
    calls: list[Awaitable[Any]] = [
        off.ask(me),
        off.answer(me, question),
        off.questions.get(me, question_id=number),
        off.questions.change(question_id=number),
        off.questions.page(me, filters=QuestionFilter(), sort="newest", before=None, limit=1),
        off.questions.tags(beginning="", limit=1),
        off.questions.preview(body="x"),
        off.votes.on_question(me, question_id=number, value=1),
        off.points.ledger(me, before=None, limit=1),
        off.points.leaders(me, of_month=False, before=None, limit=1),
        off.search.search(me, q="mentor", filters=QuestionFilter(), before=None, limit=1),
        off.search.similar(title="mentor", limit=1),
        off.moderation.reports(settled=False, before=None, limit=1),
        off.moderation.author(question_id=number),
    ]
    for call in calls:
        with pytest.raises(Forbidden) as refused:
            await call
        assert refused.value.reason == "forum_off"


async def test_a_pseudonym_hides_its_author_from_all_but_moderators(forum: ForumHouse) -> None:
    asker, reader = await forum.people(2)
    for name in (f"FORUM-member-{asker.user_id}", "nobody"):
        async with forum.database.reading() as repositories:
            known = await repositories.users.find(user_id=asker.user_id)
        assert known is not None
        taken = known.username.upper() if name != "nobody" else f"{known.first_name} {known.last_name}"
        with pytest.raises(ValidationFailed):
            await forum.ask(asker, pseudonym=taken)
    question = await forum.ask(asker, pseudonym="Jeune maman")
    own = await forum.answer(asker, question, "I found out myself.")
    await forum.answer(reader, question)
    seen = await forum.questions.get(reader, question_id=question.row.id)
    page = await forum.answers.page(reader, question_id=question.row.id, sort="oldest", before=None, limit=9)
    assert (seen.author.id, seen.author.name, seen.author.role) == (None, "Jeune maman", None)
    assert [(item.author.id, item.author.name == "Jeune maman") for item in page.items] == [
        (None, True),
        (reader.user_id, False),
    ]
    await forum.votes.on_question(reader, question_id=question.row.id, value=1)
    await forum.votes.on_answer(reader, answer_id=own.row.id, value=1)
    await forum.answers.accept(asker, answer_id=page.items[1].row.id)
    board = await forum.points.leaders(reader, of_month=False, before=None, limit=9)
    assert [(leader.row.user_id, leader.row.points) for leader in board.items] == [(reader.user_id, 15)]
    assert (await forum.moderation.author(question_id=question.row.id)).id == asker.user_id


async def test_a_refused_pseudonym_does_not_tell_who_is_a_patient_here(forum: ForumHouse) -> None:
    """Names of doctors and mentors, and those under which somebody wrote, are known anyway. Others are not to be found out."""
    asker, patient, member = (
        await forum.person(),
        await forum.person(PATIENT),
        await forum.person(),
    )
    mentor, doctor = await forum.person(MENTOR), await forum.person(DOCTOR)

    async def is_refused(person: Principal) -> set[bool]:
        async with forum.database.reading() as repositories:
            known = await repositories.users.find(user_id=person.user_id)
        assert known is not None
        answers = set()
        for name in (known.username, f"{known.first_name} {known.last_name}"):
            try:
                await forum.ask(asker, pseudonym=name)
                answers.add(False)
            except ValidationFailed:
                answers.add(True)
        return answers

    for person, refused in ((mentor, True), (doctor, True), (asker, True), (patient, False), (member, False)):
        assert await is_refused(person) == {refused}, person.role
    question = await forum.ask(member, pseudonym="Someone")
    await forum.answer(member, question)
    assert await is_refused(member) == {False}
    answer = await forum.answer(patient, question)
    assert await is_refused(patient) == {True}
    await forum.answers.remove(patient, answer_id=answer.row.id)
    assert await is_refused(patient) == {False}
    await forum.ask(member)
    assert await is_refused(member) == {True}


async def test_what_moderators_remove_is_gone_and_comes_back_whole(forum: ForumHouse) -> None:
    asker, helper, reporter = await forum.people(3)
    moderator = await forum.person(ADMIN)
    question = await forum.ask(asker, title="Comment soigner un rhume ?", tags=("rhume",))
    answer = await forum.answer(helper, question, "Achetez mon sirop miraculeux")
    number, answered = question.row.id, answer.row.id
    await forum.votes.on_answer(reporter, answer_id=answered, value=1)
    await forum.votes.on_question(reporter, question_id=number, value=1)
    await forum.answers.accept(asker, answer_id=answered)
    made = await forum.moderation.report_answer(reporter, answer_id=answered, reason="spam", details=None)
    again = await forum.moderation.report_answer(reporter, answer_id=answered, reason="abuse", details="x")
    assert (made.created, again.created, again.report_id) == (True, False, made.report_id)
    [waiting] = (await forum.moderation.reports(settled=False, before=None, limit=9)).items
    assert (waiting.body, waiting.removed, waiting.reporter_id) == (answer.row.body, False, reporter.user_id)
    report = await forum.moderation.settle(moderator, report_id=made.report_id, decision="removed", note="advert")
    assert (report.decision, report.removed) == ("removed", True)
    with pytest.raises(Conflict):
        await forum.moderation.settle(moderator, report_id=made.report_id, decision="dismissed", note=None)
    assert await _found(forum, reporter, "sirop") == []
    assert (await forum.points_of(helper), await forum.points_of(asker)) == (0, 5)
    await forum.moderation.moderate_question(moderator, question_id=number, removed=True, reason="all of it")
    for gone in (
        forum.questions.get(asker, question_id=number),
        forum.answers.page(asker, question_id=number, sort="votes", before=None, limit=1),
        forum.votes.on_question(reporter, question_id=number, value=-1),
        forum.answer(reporter, question),
        forum.moderation.report_question(reporter, question_id=number, reason="spam", details=None),
    ):
        with pytest.raises(NotFound):
            await gone
    assert (await _listed(forum, asker), await _listed(forum, asker, tag="rhume")) == ([], [])
    assert (await _found(forum, asker, "rhume"), await forum.points_of(asker)) == ([], 0)
    await forum.moderation.moderate_question(moderator, question_id=number, removed=False, reason="a mistake")
    await forum.moderation.moderate_answer(moderator, answer_id=answered, removed=False, reason="a mistake")
    await forum.moderation.moderate_answer(moderator, answer_id=answered, removed=False, reason="twice")
    assert await _listed(forum, asker, tag="rhume") == [number]
    assert (await _found(forum, asker, "sirop"), await _found(forum, asker, "rhumes")) == ([number], [number])
    assert (await forum.points_of(helper), await forum.points_of(asker)) == (10, 5)
    assert (await forum.questions.get(asker, question_id=number)).row.answer_count == 1


async def test_lists_in_every_order_page_without_gaps(forum: ForumHouse) -> None:
    """Each list, page by page, is what sorting all of it in Python gives."""
    me, other, *voters = await forum.people(5)
    views: list[QuestionView] = []
    for number in range(14):
        tags = ("even", "all") if number % 2 == 0 else ("all",)
        views.append(await forum.ask((me, other)[number % 3 == 0], title=f"Question number {number}", tags=tags))
    for number, view in enumerate(views):
        for voter in voters[: number % 4]:
            await forum.votes.on_question(voter, question_id=view.row.id, value=1 if number % 5 else -1)
    for number in (3, 8, 1, 8):
        await forum.answer(voters[0], views[number])
    rows = [(await forum.questions.get(me, question_id=view.row.id)).row for view in views]
    orders: dict[str, Callable[[Any], Any]] = {
        "newest": lambda row: row.id,
        "votes": lambda row: (row.score, row.id),
        "activity": lambda row: (row.activity_at, row.id),
    }
    for sort, key in orders.items():
        for tag in (None, "even"):
            for open_only in (False, True):
                for author in (None, me.user_id):
                    wanted = [
                        row.id
                        for row in sorted(rows, key=key, reverse=True)
                        if (tag is None or tag in row.tags)
                        and not (open_only and row.answer_count)
                        and (author is None or row.author_id == author)
                    ]
                    filters = QuestionFilter(author_id=author, tag=tag, open_only=open_only)
                    assert await _all(forum, me, filters, sort) == wanted, (sort, filters)


async def _all(forum: ForumHouse, me: Principal, filters: QuestionFilter, sort: str) -> list[int]:
    before, ids = None, list[int]()
    while True:
        page = await forum.questions.page(me, filters=filters, sort=sort, before=before, limit=3)
        ids += [item.row.id for item in page.items]
        if not page.more:
            return ids
        last = page.items[-1].row
        before = QuestionPosition(last.id, last.score, last.activity_at)


async def _listed(forum: ForumHouse, me: Principal, tag: str | None = None) -> list[int]:
    page = await forum.questions.page(me, filters=QuestionFilter(tag=tag), sort="activity", before=None, limit=50)
    return [item.row.id for item in page.items]


async def _found(forum: ForumHouse, me: Principal, q: str) -> list[int]:
    return [item.question.row.id for item in (await _search(forum, me, q)).items]


async def _search(forum: ForumHouse, me: Principal, q: str, **filters: Any) -> FoundPage:
    return await forum.search.search(me, q=q, filters=QuestionFilter(**filters), before=None, limit=20)


async def test_search_in_two_languages_with_safe_highlights(forum: ForumHouse) -> None:
    me, other = await forum.people(2)
    knee = await forum.ask(
        me,
        title="Comment préparer une opération du genou ?",
        body="Les <b>mentors</b> ont-ils des conseils ?",
        tags=("chirurgie",),
    )
    visa = await forum.ask(
        other, title="Working abroad as a nurse", body="Which visas do hospitals ask for?", tags=("visa",)
    )
    answer = await forum.answer(
        other, knee, "Faites de la kinésithérapie <script>alert('rééducation')</script> chaque jour."
    )
    table = {
        "operations": [knee.row.id],
        "OPERATION du GENOU": [knee.row.id],
        "visa hospital": [visa.row.id],
        "nurses": [visa.row.id],
        "kinesitherapie": [knee.row.id],
        "reeducation": [knee.row.id],
        "genou -operation": [],
        "genou or nurse": sorted([knee.row.id, visa.row.id]),
        '"working abroad"': [visa.row.id],
        '"abroad working"': [],
        "-nurse": [],
        "the": [],
        "' | ) & !": [],
        # A dash is a "without" only before its word.
        "operation - genou": [knee.row.id],
        "operation --genou": [],
        "- " * 90 + "genou": [knee.row.id],
        "-" * 200: [],
        "\\": [],
    }
    for q, wanted in table.items():
        assert sorted(await _found(forum, me, q)) == wanted, q
    [found] = (await _search(forum, me, "rééducation")).items
    assert found.answer_id == answer.row.id
    assert [part.text for part in found.excerpt if part.match] == ["rééducation"]
    assert "<script>" in "".join(part.text for part in found.excerpt)  # text in parts: never markup
    assert [part.text for part in found.title] == [knee.row.title]
    assert (await _search(forum, me, "operation", author_id=other.user_id)).items == []
    assert (await _search(forum, me, "operation", open_only=True)).items == []
    assert len((await _search(forum, me, "operation", tag="chirurgie")).items) == 1
    await forum.questions.edit(me, question_id=knee.row.id, changes=QuestionChanges(title="Comment soigner le coude ?"))
    assert (await _found(forum, me, "operation"), await _found(forum, me, "coudes")) == ([], [knee.row.id])


async def test_search_pages_and_the_similar(forum: ForumHouse) -> None:
    me, other = await forum.people(2)
    ids = [
        (await forum.ask(me, title=f"Préparer un entretien à l'hôpital {n}", body="entretien " * (n + 1))).row.id
        for n in range(7)
    ]
    await forum.votes.on_question(other, question_id=ids[3], value=1)
    seen, before = list[int](), None
    while True:
        page = await forum.search.search(me, q="entretien", filters=QuestionFilter(), before=before, limit=2)
        seen += [item.question.row.id for item in page.items]
        if page.next is None:
            break
        before = page.next
    assert sorted(seen) == ids
    similar = await forum.search.similar(title="Comment se preparer pour un entretien", limit=3)
    assert len(similar) == 3
    assert {row.id for row in similar} <= set(ids)
    assert await forum.search.similar(title="Vaccination des enfants", limit=3) == []
    assert await forum.search.similar(title="the of '", limit=3) == []


async def test_the_database_holds_the_rules_by_itself(forum: ForumHouse, clean_database: ScratchDatabase) -> None:
    asker, helper = await forum.people(2)
    first, second = await forum.ask(asker), await forum.ask(asker)
    answer = await forum.answer(helper, first)
    numbers = {"q": first.row.id, "s": second.row.id, "a": answer.row.id, "me": asker.user_id, "you": helper.user_id}
    refused = [
        "INSERT INTO votes (question_id, voter_id, author_id, value) VALUES ({q}, {me}, {me}, 1)",
        "INSERT INTO votes (question_id, voter_id, author_id, value) VALUES ({q}, {me}, {you}, 1)",
        "INSERT INTO votes (question_id, answer_id, voter_id, author_id, value) VALUES ({q}, {a}, {you}, {me}, 1)",
        "INSERT INTO votes (question_id, answer_id, voter_id, author_id, value) VALUES ({s}, {a}, {me}, {you}, 1)",
        "INSERT INTO votes (question_id, voter_id, author_id, value) VALUES ({q}, {you}, {me}, 2)",
        "UPDATE questions SET accepted_answer_id = {a} WHERE id = {s}",
        "UPDATE questions SET answer_count = -1 WHERE id = {q}",
        "UPDATE questions SET deleted_at = now() WHERE id = {q}",
        "DELETE FROM questions WHERE id = {s}",
        "INSERT INTO points (user_id, kind, amount, question_id, actor_id) VALUES ({me}, 'accepting', 5, {q}, {you})",
        "UPDATE point_totals SET points = 1000",
        "UPDATE points SET amount = 1000",
        "DELETE FROM question_versions",
        "UPDATE questions SET version = 7",
        "UPDATE questions SET author_id = {you} WHERE id = {q}",
    ]
    with connected(clean_database.server_url) as cursor:
        for statement in refused:
            with pytest.raises((psycopg2.IntegrityError, psycopg2.errors.InsufficientPrivilege)):
                cursor.execute(statement.format(**numbers))


async def test_two_who_accept_and_remove_at_once_leave_no_contradiction(forum: ForumHouse) -> None:
    asker, helper = await forum.people(2)
    for _ in range(10):
        question = await forum.ask(asker)
        answer = await forum.answer(helper, question)
        await asyncio.gather(
            forum.answers.accept(asker, answer_id=answer.row.id),
            forum.answers.remove(helper, answer_id=answer.row.id),
            return_exceptions=True,
        )
        row = (await forum.questions.get(asker, question_id=question.row.id)).row
        assert (row.accepted_answer_id, row.answer_count) == (None, 0)
    assert (await forum.points_of(helper), await forum.points_of(asker)) == (0, 0)


async def test_the_demo_has_twenty_questions_in_two_languages_once(
    forum: ForumHouse, clean_database: ScratchDatabase
) -> None:
    people = {name: (await forum.person()).user_id for name in {ask.author for ask in POSTS} | DEMO_HELPERS}
    for _ in range(2):
        await seed_forum(forum.database, people)
    me = await forum.person()
    page = await forum.questions.page(me, filters=QuestionFilter(), sort="activity", before=None, limit=50)
    assert len(page.items) == 20
    assert sum(item.row.answer_count for item in page.items) == sum(len(ask.answers) for ask in POSTS) >= 25
    moments = [item.row.activity_at for item in page.items]
    assert moments == sorted(moments, reverse=True)
    assert moments[0] - moments[-1] > datetime.timedelta(days=10)
    for q in ("genou", "knees", "mentor", "tension"):
        assert await _found(forum, me, q), q
    board = await forum.points.leaders(me, of_month=False, before=None, limit=50)
    assert board.items[0].row.points > 50
    assert {item.row.user_id for item in board.items} <= set(people.values())
