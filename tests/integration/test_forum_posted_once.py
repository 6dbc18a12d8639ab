"""What is posted to the forum again, because the answer to it was lost, is there once, however often it is asked for."""

import asyncio
from uuid import UUID, uuid4

import psycopg2
import pytest

from repositories.questions import QuestionText
from repositories.unit_of_work import Database
from services.errors import Conflict, NotFound, ValidationFailed
from services.events import AnswerPosted, QuestionAsked
from services.forum_view import PostedQuestion
from services.principal import ADMIN, Principal
from services.questions import NewQuestion, QuestionChanges
from tests.support.forum import ForumHouse
from tests.support.postgres import ScratchDatabase, connected

TEXT = QuestionText("Où trouver un mentor ?", "Je cherche **quelqu'un**.", ("mentor", "été"))


async def ask(
    house: ForumHouse, who: Principal, sent: UUID, text: QuestionText = TEXT, pseudonym: str | None = None
) -> PostedQuestion:
    return await house.questions.ask(who, NewQuestion(text=text, pseudonym=pseudonym, client_message_id=sent))


async def test_asked_sixteen_times_at_once_on_two_nodes_it_is_one_question(
    database: Database, second_database: Database, clean_database: ScratchDatabase
) -> None:
    houses = ForumHouse(database), ForumHouse(second_database)
    asker, other = await houses[0].people(2)
    for _ in range(5):
        sent = uuid4()
        posted = await asyncio.gather(*(ask(house, asker, sent) for house in houses * 8))
        assert len({one.question.row.id for one in posted}) == 1
        assert [one.duplicate for one in posted].count(False) == 1
        # The same id in somebody else's hands is another one.
        assert not (await ask(houses[0], other, sent)).duplicate
    told = [fact for house in houses for fact in house.published.of(QuestionAsked)]
    assert len(told) == 10
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT author_id, count(*), count(DISTINCT client_message_id) FROM questions GROUP BY 1")
        assert sorted(cursor.fetchall()) == [(asker.user_id, 5, 5), (other.user_id, 5, 5)]


async def test_answered_sixteen_times_at_once_on_two_nodes_it_is_one_answer(
    database: Database, second_database: Database
) -> None:
    houses = ForumHouse(database), ForumHouse(second_database)
    asker, helper = await houses[0].people(2)
    first, second = [(await houses[0].ask(asker)).row.id for _ in range(2)]
    for number in range(1, 6):
        sent = uuid4()
        posted = await asyncio.gather(
            *(house.answers.post(helper, question_id=first, body="So.", client_message_id=sent) for house in houses * 8)
        )
        assert len({one.answer.row.id for one in posted}) == 1
        assert [one.duplicate for one in posted].count(False) == 1
        row = (await houses[0].questions.get(asker, question_id=first)).row
        assert (row.answer_count, row.change) == (number, number + 1)
        elsewhere = await houses[1].answers.post(helper, question_id=second, body="So.", client_message_id=sent)
        assert not elsewhere.duplicate
    assert len([fact for house in houses for fact in house.published.of(AnswerPosted)]) == 10


async def test_a_repeat_gives_what_became_of_the_first_and_another_text_is_refused(database: Database) -> None:
    forum = ForumHouse(database)
    asker, helper = await forum.people(2)
    moderator, sent = await forum.person(ADMIN), uuid4()
    made = (await ask(forum, asker, sent, pseudonym="Une interne")).question.row.id
    await forum.questions.edit(asker, question_id=made, changes=QuestionChanges(title="Où trouver une mentore ?"))
    again = await ask(forum, asker, sent, pseudonym="Une interne")
    assert (again.duplicate, again.question.row.id, again.question.title) == (True, made, "Où trouver une mentore ?")
    others = (
        QuestionText("Où trouver une mentore ?", TEXT.body, TEXT.tags),
        QuestionText(TEXT.title, "Autre chose.", TEXT.tags),
        QuestionText(TEXT.title, TEXT.body, ("mentor",)),
    )
    for text in others:
        with pytest.raises(Conflict):
            await ask(forum, asker, sent, text, "Une interne")
    with pytest.raises(Conflict):
        await ask(forum, asker, sent)
    answer = (await forum.answers.post(helper, question_id=made, body="Ici.", client_message_id=sent)).answer.row.id
    await forum.answers.edit(helper, answer_id=answer, body="Ici, ou là.")
    with pytest.raises(Conflict):
        await forum.answers.post(helper, question_id=made, body="Ici, ou là.", client_message_id=sent)
    # Removed meanwhile: the first comes back as what is left of it, and nothing is posted anew.
    await forum.moderation.moderate_question(moderator, question_id=made, removed=True, reason="test")
    told = len(forum.published.facts)
    gone = await ask(forum, asker, sent, pseudonym="Une interne")
    late = await forum.answers.post(helper, question_id=made, body="Ici.", client_message_id=sent)
    assert (gone.question.row.id, gone.question.body, gone.question.row.deleted_at is None) == (made, "", False)
    assert (late.answer.row.id, late.answer.body, late.duplicate) == (answer, "", True)
    assert len(forum.published.facts) == told
    with pytest.raises(NotFound):
        await forum.answers.post(helper, question_id=made, body="Ici.", client_message_id=uuid4())


async def test_a_post_that_was_refused_has_used_no_id(database: Database, clean_database: ScratchDatabase) -> None:
    forum = ForumHouse(database)
    asker, sent = await forum.person(), uuid4()
    async with database.reading() as repositories:
        known = await repositories.users.find(user_id=asker.user_id)
    assert known is not None
    with pytest.raises(ValidationFailed):
        await ask(forum, asker, sent, pseudonym=known.username)
    assert not (await ask(forum, asker, sent)).duplicate
    # What the service forgot, the table would refuse.
    with connected(clean_database.server_url) as cursor, pytest.raises(psycopg2.errors.UniqueViolation):
        cursor.execute(
            "INSERT INTO questions (author_id, title, body, tags, client_message_id) SELECT author_id, title, body, tags,"
            " client_message_id FROM questions"
        )
