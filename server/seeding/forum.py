"""Puts the questions of the demo clinic into an empty forum."""

from collections.abc import Mapping

from repositories.questions import QuestionText
from repositories.repositories import Repositories
from repositories.unit_of_work import Database
from server.forum.amounts import DEFAULTS
from server.seeding.forum_post import Ask, Said
from server.seeding.forum_posts_en import ENGLISH
from server.seeding.forum_posts_fr import FRENCH

POSTS = (*FRENCH, *ENGLISH)


async def seed_forum(database: Database, user_ids: Mapping[str, int]) -> None:
    """By user name. One question a transaction; where anything was ever asked, nothing is added."""
    async with database.reading() as repositories:
        if await repositories.seeding.has_questions():
            return
    for ask in sorted(POSTS, key=lambda post: -post.minutes_ago):
        async with database.transaction() as repositories:
            await _ask(repositories, ask, user_ids)


async def _ask(repositories: Repositories, ask: Ask, user_ids: Mapping[str, int]) -> None:
    author_id = user_ids[ask.author]
    question_id = await repositories.questions.insert(
        QuestionText(ask.title, ask.text, ask.tags), author_id=author_id, pseudonym=ask.pseudonym
    )
    if question_id is None:
        raise RuntimeError("only a repeated client id makes none")
    await repositories.questions.lock(question_id=question_id)
    await _vote(repositories, ask, question_id, None, author_id, user_ids)
    for said in ask.answers:
        answer_id = await repositories.answers.insert(
            question_id=question_id, author_id=user_ids[said.author], body=said.text
        )
        await _vote(repositories, said, question_id, answer_id, user_ids[said.author], user_ids)
        if said.accepted:
            await repositories.questions.accept(question_id=question_id, answer_id=answer_id)
    await repositories.points.settle(question_id=question_id, actor_id=None, amounts=DEFAULTS)
    minutes = [ask.minutes_ago - min(said.after, ask.minutes_ago) for said in ask.answers]
    await repositories.seeding.backdate_question(
        question_id=question_id, minutes=ask.minutes_ago, answer_minutes=minutes
    )


async def _vote(
    repositories: Repositories,
    post: Ask | Said,
    question_id: int,
    answer_id: int | None,
    author_id: int,
    user_ids: Mapping[str, int],
) -> None:
    for names, value in ((post.ups, 1), (post.downs, -1)):
        for name in names:
            moves = await repositories.votes.write(
                question_id=question_id,
                answer_id=answer_id,
                voter_id=user_ids[name],
                author_id=author_id,
                value=value,
            )
            if moves is not None:
                await repositories.votes.count(moves, question_id=question_id, answer_id=answer_id)
