"""Votes and points under concurrency: counts, sums and the ledger say what the facts say, whatever happened at once."""

import asyncio
import random
from collections.abc import Awaitable, Sequence

from repositories.errors import StorageUnavailable
from repositories.unit_of_work import Database
from server.forum.amounts import DEFAULTS
from services.errors import DomainError
from services.events import VoteChanged
from services.principal import ADMIN, MENTOR, Principal
from tests.support.forum import ForumHouse
from tests.support.postgres import ScratchDatabase, connected

REFUSALS = (DomainError, StorageUnavailable)
RECOUNTS = {
    "votes of questions": """
        SELECT q.id FROM questions q LEFT JOIN votes v ON v.question_id = q.id AND v.answer_id IS NULL GROUP BY q.id
        HAVING (q.up_count, q.down_count) IS DISTINCT FROM
               (count(*) FILTER (WHERE v.value = 1)::integer, count(*) FILTER (WHERE v.value = -1)::integer)""",
    "votes of answers": """
        SELECT a.id FROM answers a LEFT JOIN votes v ON v.answer_id = a.id GROUP BY a.id
        HAVING (a.up_count, a.down_count) IS DISTINCT FROM
               (count(*) FILTER (WHERE v.value = 1)::integer, count(*) FILTER (WHERE v.value = -1)::integer)""",
    "answers": """
        SELECT q.id FROM questions q LEFT JOIN answers a ON a.question_id = q.id AND a.deleted_at IS NULL GROUP BY q.id
        HAVING q.answer_count <> count(a.id)""",
    "accepted": """
        SELECT q.id FROM questions q JOIN answers a ON a.id = q.accepted_answer_id WHERE a.deleted_at IS NOT NULL""",
    # Said anew, and not by the view that the server books by.
    "ledger": """
        WITH worth AS (SELECT * FROM unnest(%(kinds)s::text[], %(amounts)s::integer[]) AS w (kind, amount)), due AS (
            SELECT v.author_id AS user_id,
                   CASE WHEN v.value = -1 THEN 'downvoted' WHEN v.answer_id IS NULL THEN 'question_upvoted'
                   ELSE 'answer_upvoted' END AS kind
            FROM votes v JOIN questions q ON q.id = v.question_id LEFT JOIN answers a ON a.id = v.answer_id
            WHERE v.value <> 0 AND CASE WHEN v.answer_id IS NULL THEN q.deleted_at ELSE a.deleted_at END IS NULL
              AND NOT (q.pseudonym IS NOT NULL AND v.author_id = q.author_id)
            UNION ALL
            SELECT a.author_id, 'answer_accepted' FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
            WHERE a.author_id <> q.author_id
            UNION ALL
            SELECT q.author_id, 'accepting' FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
            WHERE a.author_id <> q.author_id AND q.pseudonym IS NULL AND q.deleted_at IS NULL
        ), wanted AS (SELECT d.user_id, sum(w.amount) AS points FROM due d JOIN worth w USING (kind) GROUP BY d.user_id),
        booked AS (SELECT user_id, sum(amount) AS points FROM points GROUP BY user_id)
        SELECT COALESCE(w.user_id, b.user_id), w.points, b.points FROM wanted w FULL JOIN booked b USING (user_id)
        WHERE COALESCE(w.points, 0) <> COALESCE(b.points, 0)""",
    "totals": """
        SELECT t.user_id, t.period FROM point_totals t
        LEFT JOIN points p ON p.user_id = t.user_id
             AND (t.period = '-infinity' OR date_trunc('month', p.at AT TIME ZONE 'UTC')::date = t.period)
        GROUP BY t.user_id, t.period, t.points HAVING t.points <> COALESCE(sum(p.amount), 0)""",
    "points without a total": """
        SELECT p.user_id FROM points p WHERE NOT EXISTS (
            SELECT FROM point_totals t WHERE t.user_id = p.user_id AND t.period = '-infinity')""",
    "what profiles of mentors say": """
        SELECT p.user_id, p.answers_accepted FROM mentor_profiles p WHERE p.answers_accepted <> (
            SELECT count(*) FROM questions q JOIN answers a ON a.id = q.accepted_answer_id
            WHERE a.author_id = p.user_id AND q.author_id <> a.author_id)""",
    "tags": """
        SELECT t.tag FROM forum_tags t WHERE t.questions <> (
            SELECT count(*) FROM questions q WHERE q.deleted_at IS NULL AND t.tag = ANY (q.tags))""",
    "copies for the lists of tags": """
        SELECT * FROM (
            SELECT q.id, t.tag, q.score, q.activity_at, q.answer_count > 0 FROM questions q, unnest(q.tags) AS t (tag)
            WHERE q.deleted_at IS NULL
        ) wanted FULL JOIN question_tags held
            ON (held.question_id, held.tag, held.score, held.activity_at, held.answered)
             = (wanted.id, wanted.tag, wanted.score, wanted.activity_at, wanted."?column?")
        WHERE held.tag IS NULL OR wanted.tag IS NULL""",
    "the index": """
        SELECT * FROM (
            SELECT q.id, 0 AS answer_id FROM questions q WHERE q.deleted_at IS NULL
            UNION ALL SELECT a.question_id, a.id FROM answers a JOIN questions q ON q.id = a.question_id
            WHERE a.deleted_at IS NULL AND q.deleted_at IS NULL
        ) wanted FULL JOIN forum_search held ON (held.question_id, held.answer_id) = (wanted.id, wanted.answer_id)
        WHERE held.question_id IS NULL OR wanted.id IS NULL""",
}


def recount(database: ScratchDatabase) -> dict[str, list[tuple[object, ...]]]:
    """What does not agree, by name."""
    wrong = {}
    with connected(database.owner_url) as cursor:
        for name, query in RECOUNTS.items():
            cursor.execute(query, {"kinds": list(DEFAULTS), "amounts": list(DEFAULTS.values())})
            if rows := cursor.fetchall():
                wrong[name] = rows
    return wrong


async def test_forty_who_vote_at_once_are_counted_exactly_and_once(
    database: Database, second_database: Database, clean_database: ScratchDatabase
) -> None:
    here, there = ForumHouse(database), ForumHouse(second_database)
    asker, *voters = await here.people(21)
    question = await here.ask(asker)
    number = question.row.id
    values = [1] * 13 + [-1] * 7
    # Each twice, on two nodes: a retry whose first try came through.
    states = await asyncio.gather(
        *(
            house.votes.on_question(voter, question_id=number, value=value)
            for voter, value in zip(voters, values, strict=True)
            for house in (here, there)
        )
    )
    told = [fact.change for house in (here, there) for fact in house.published.facts if isinstance(fact, VoteChanged)]
    row = (await here.questions.get(asker, question_id=number)).row
    assert (row.up_count, row.down_count, row.score, row.change) == (13, 7, 6, 21)
    assert sorted(told) == list(range(2, 22))
    assert {state.my_vote for state in states} == {1, -1}
    assert await here.points_of(asker) == 13 * 5 - 7 * 2
    assert recount(clean_database) == {}


async def test_whatever_happens_at_once_the_ledger_says_what_the_facts_say(
    database: Database, second_database: Database, clean_database: ScratchDatabase
) -> None:
    seed = random.SystemRandom().randrange(10**9)
    dice = random.Random(seed)
    houses = (ForumHouse(database), ForumHouse(second_database))
    people = [*await houses[0].people(3), *[await houses[0].person(MENTOR) for _ in range(3)]]
    moderator = await houses[0].person(ADMIN)
    questions = [
        await houses[0].ask(person, tags=(f"t{n}", "all"), pseudonym="Someone else" if n == 2 else None)
        for n, person in enumerate(people[:4])
    ]
    answers = [await houses[0].answer(dice.choice(people), dice.choice(questions)) for _ in range(12)]

    def something() -> Awaitable[object]:
        house, who = dice.choice(houses), dice.choice(people)
        question, answer = dice.choice(questions), dice.choice(answers)
        number, answered = question.row.id, answer.row.id
        what, value = dice.random(), dice.choice((1, 1, 0, -1))
        if what < 0.3:
            return house.votes.on_question(who, question_id=number, value=value)
        if what < 0.6:
            return house.votes.on_answer(who, answer_id=answered, value=value)
        if what < 0.78:
            asker = next(person for person in people if person.user_id == answer.row.asker_id)
            choose = house.answers.accept if value == 1 else house.answers.take_back
            return choose(asker, answer_id=answered)
        if what < 0.82:
            return house.answer(who, question)
        if what < 0.92:
            removed = dice.random() < 0.4
            return house.moderation.moderate_answer(moderator, answer_id=answered, removed=removed, reason="dice")
        removed = dice.random() < 0.3
        return house.moderation.moderate_question(moderator, question_id=number, removed=removed, reason="dice")

    rounds = 0
    # One walk in ten has hardly a mentor's answer accepted in twelve rounds, and would show nothing: it goes on until it has.
    while rounds < 12 or (rounds < 100 and not _shows_something(clean_database, people[3:])):
        outcomes = await asyncio.gather(*(something() for _ in range(25)), return_exceptions=True)
        # Who waits too long for the lock of a question is told to try again, and has changed nothing.
        unexpected = [it for it in outcomes if isinstance(it, BaseException) and not isinstance(it, REFUSALS)]
        assert unexpected == [], seed
        assert recount(clean_database) == {}, seed
        rounds += 1
    assert _shows_something(clean_database, people[3:]), seed


def _shows_something(database: ScratchDatabase, mentors: Sequence[Principal]) -> bool:
    """Points were taken back as well as given, and answers of mentors were chosen."""
    with connected(database.owner_url) as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE amount > 0), count(*),"
            " count(*) FILTER (WHERE kind = 'answer_accepted' AND user_id = ANY (%s)) FROM points WHERE kind <> 'downvoted'",
            ([one.user_id for one in mentors],),
        )
        gained, booked, chosen = cursor.fetchone()
    return bool(booked > gained > 20 and chosen > 3)


async def test_what_was_booked_keeps_its_amount_when_the_setting_changes(
    database: Database, clean_database: ScratchDatabase
) -> None:
    before = ForumHouse(database)
    after = ForumHouse(database, amounts={**DEFAULTS, "question_upvoted": 50, "downvoted": 0})
    asker, first, second, third = await before.people(4)
    question = await before.ask(asker)
    number = question.row.id
    await before.votes.on_question(first, question_id=number, value=1)
    await after.votes.on_question(second, question_id=number, value=1)
    await after.votes.on_question(third, question_id=number, value=-1)
    assert await after.points_of(asker) == 55
    await after.votes.on_question(first, question_id=number, value=0)
    assert await after.points_of(asker) == 50
    await before.votes.on_question(second, question_id=number, value=0)
    ledger = await before.points.ledger(asker, before=None, limit=10)
    assert (ledger.points, [row.amount for row in ledger.items]) == (0, [-50, -5, 50, 5])


async def test_the_leaderboard_ranks_pages_and_says_where_one_stands(database: Database) -> None:
    forum = ForumHouse(database)
    people = await forum.people(5)
    for place, person in enumerate(people[:4]):
        question = await forum.ask(person)
        for voter in people[:place]:
            await forum.votes.on_question(voter, question_id=question.row.id, value=1)
    first = await forum.points.leaders(people[1], of_month=True, before=None, limit=2)
    second = await forum.points.leaders(people[4], of_month=True, before=first.next, limit=2)
    ranked = [(item.rank, item.row.user_id, item.row.points) for item in (*first.items, *second.items)]
    assert ranked == [(1, people[3].user_id, 15), (2, people[2].user_id, 10), (3, people[1].user_id, 5)]
    assert (first.me.rank, first.me.points, second.me.rank, second.me.points) == (3, 5, None, 0)
    assert (second.next, first.next is not None) == (None, True)
