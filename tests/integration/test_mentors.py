"""The directory on a real database: found by what they are called and by what they do, page by page; answers are measured."""

import asyncio

import pytest

from repositories.mentors import MentorFilter, MentorPlace, ProfileChange
from services.access import Access
from services.conversations import Conversations
from services.errors import Forbidden, NotFound
from services.mentor_responses import MentorResponses
from services.mentors import MentorCounts, Mentors
from services.principal import MEMBER, MENTOR, PATIENT, Principal
from tests.support.forum import ForumHouse
from tests.support.house import ALL_KINDS, Everybody, House, Pair
from tests.support.postgres import ScratchDatabase, connected

ANYBODY = MentorFilter()
OPEN, AWAY, RADIO = "available", "unavailable", "Radiologie"
# Name, headline, biography, country, specialties, languages, availability, answers accepted.
PEOPLE = (
    ("Aïcha Diallo", "Sage-femme et enseignante", "Vingt ans à Dakar.", "SN", ("Obstétrique",), ("fr", "wo"), OPEN, 3),
    ("Élodie Marchand", "Cardiologue", "Opère à Lyon, forme à Dakar.", "FR", ("Cardiologie",), ("fr",), OPEN, 7),
    ("Marc Dakarol", "Urgentiste", "La nuit surtout.", "FR", ("Urgences",), ("fr", "en"), "limited", 40),
    ("John O'Neill", "GP in Dublin", "Cardiology rotations, too.", "IE", ("Family medicine",), ("en",), OPEN, 0),
    ("Mei Tanaka", "Radiologist", "I read what machines read.", "JP", (RADIO, "Cardiologie"), ("ja", "en"), AWAY, 9),
)


@pytest.fixture
async def mentors(house: House) -> dict[str, Principal]:
    """By first name."""
    made = {}
    for name, headline, bio, country, specialties, languages, availability, accepted in PEOPLE:
        who = await house.person(MENTOR)
        first, last = name.split(" ", 1)
        with connected(house.owner_url) as cursor:
            cursor.execute("UPDATE users SET first_name = %s, last_name = %s WHERE id = %s", (first, last, who.user_id))
            cursor.execute(
                "UPDATE mentor_profiles SET answers_accepted = %s WHERE user_id = %s", (accepted, who.user_id)
            )
        change = ProfileChange(
            headline=headline,
            bio=bio,
            country=country,
            specialties=specialties,
            languages=languages,
            availability=availability,
        )
        async with house.database.transaction() as repositories:
            assert await repositories.mentors.change(change, user_id=who.user_id)
        made[first] = who
    return made


@pytest.fixture
def directory(house: House) -> Mentors:
    return made_directory(house)


def made_directory(house: House, kinds: frozenset[str] = ALL_KINDS) -> Mentors:
    return Mentors(unit_of_work=house.database, online=Everybody(), access=Access(kinds=kinds), clock=lambda: 0.0)


async def listed(
    directory: Mentors, filters: MentorFilter = ANYBODY, q: str | None = None, limit: int = 2
) -> list[str]:
    """First names, over all pages."""
    names: list[str] = []
    before: MentorPlace | None = None
    while True:
        page = await directory.page(filters, q=q, before=before, limit=limit)
        names += [view.row.first_name for view in page.items]
        if page.next is None:
            return names
        before = page.next


IN_ORDER = ["Élodie", "Aïcha", "John", "Marc", "Mei"]


@pytest.mark.usefixtures("mentors")
async def test_who_has_time_comes_first_then_who_helped_most_whatever_is_asked_for(directory: Mentors) -> None:
    for limit in (1, 2, 50):
        assert await listed(directory, limit=limit) == IN_ORDER
    for filters, expected in (
        (MentorFilter(country="FR"), ["Élodie", "Marc"]),
        (MentorFilter(specialty="CARDIOLOGIE"), ["Élodie", "Mei"]),
        (MentorFilter(specialty="obstetrique"), ["Aïcha"]),
        (MentorFilter(language="en"), ["John", "Marc", "Mei"]),
        (MentorFilter(availability="available"), ["Élodie", "Aïcha", "John"]),
        (MentorFilter(country="FR", language="fr", availability="limited", specialty="urgences"), ["Marc"]),
        (MentorFilter(country="DE"), []),
    ):
        assert await listed(directory, filters) == expected, filters


@pytest.mark.usefixtures("mentors")
async def test_accents_case_endings_and_typos_do_not_matter_and_the_name_comes_first(directory: Mentors) -> None:
    for q, expected in (
        ("aicha", ["Aïcha"]),
        ("AÏCHA DIALLO", ["Aïcha"]),
        ("diallo aïcha", ["Aïcha"]),
        # Called so, then known for it, then only telling of it.
        ("dakar", ["Marc", "Élodie", "Aïcha"]),
        ("cardio", ["Élodie", "Mei", "John"]),
        ("o'neill", ["John"]),
        ("john oneill", ["John"]),
        ("oneil", ["John"]),
        ("me", ["Mei", "John"]),
        ("cardiolouge", ["Élodie", "Mei", "John"]),
        ("aicha obstetrik", ["Aïcha"]),
        ("tanakka", ["Mei"]),
        ("cardiologie radiologie", ["Mei"]),
        ("' % _ & | ! : * \\", []),
        ("zzzzzz", []),
    ):
        assert await listed(directory, q=q, limit=1) == expected, q
    assert await listed(directory, MentorFilter(country="FR"), "dakar") == ["Marc", "Élodie"]
    assert await listed(directory, MentorFilter(country="FR"), "dakkar") == ["Marc", "Élodie"]


def of(counts: MentorCounts) -> dict[str, dict[str, int]]:
    return {
        name: {one.value: one.count for one in getattr(counts, name)}
        for name in ("countries", "specialties", "languages", "availability")
    }


@pytest.mark.usefixtures("mentors")
async def test_counts_say_what_each_choice_would_give(directory: Mentors) -> None:
    whole = await directory.counts(ANYBODY, q=None)
    assert whole.total == 5
    assert of(whole)["specialties"] == {
        "Cardiologie": 2,
        "Family medicine": 1,
        "Obstétrique": 1,
        "Radiologie": 1,
        "Urgences": 1,
    }
    assert [one.value for one in whole.languages] == ["en", "fr", "ja", "wo"]
    for filters, q in (
        (MentorFilter(country="FR"), None),
        (MentorFilter(language="en", availability="available"), None),
        (MentorFilter(country="FR"), "dakar"),
        (ANYBODY, "cardiolouge"),
    ):
        counts = await directory.counts(filters, q=q)
        assert counts.total == len(await listed(directory, filters, q)), (filters, q)
        for name, facet in (
            ("country", "countries"),
            ("specialty", "specialties"),
            ("language", "languages"),
            ("availability", "availability"),
        ):
            for value, count in of(counts)[facet].items():
                chosen = MentorFilter(
                    **{
                        field: value if field == name else getattr(filters, field)
                        for field in ("country", "specialty", "language", "availability")
                    }
                )
                assert count == len(await listed(directory, chosen, q)), (filters, q, chosen)


async def test_who_is_no_mentor_any_more_is_not_there_and_what_was_said_is_forgotten_with_them(
    house: House, mentors: dict[str, Principal], directory: Mentors, clean_database: ScratchDatabase
) -> None:
    member = await house.person(MEMBER)
    profile = await directory.get(member, mentor_id=mentors["Mei"].user_id)
    assert (profile.row.bio, profile.can_message, profile.row.conversation_id) == (PEOPLE[4][2], True, None)
    with pytest.raises(NotFound):
        await directory.get(member, mentor_id=member.user_id)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE users SET disabled_at = now() WHERE id = %s", (mentors["Marc"].user_id,))
        cursor.execute("UPDATE users SET role = 'member' WHERE id = %s", (mentors["John"].user_id,))
        cursor.execute(
            "UPDATE users SET first_name = 'A', last_name = 'B', username = 'gone', email = NULL, external_id = NULL,"
            " password_hash = NULL, disabled_at = now(), erased_at = now() WHERE id = %s",
            (mentors["Mei"].user_id,),
        )
        assert await listed(directory) == ["Élodie", "Aïcha"]
        for name in ("Mei", "Marc", "John"):
            with pytest.raises(NotFound):
                await directory.get(member, mentor_id=mentors[name].user_id)
        cursor.execute("SELECT word FROM mentor_words WHERE word IN ('tanaka', 'machines', 'dakar', 'cardiologie')")
        assert sorted(word for (word,) in cursor.fetchall()) == ["cardiologie", "dakar"]
        cursor.execute("SELECT label FROM mentor_specialties WHERE tag = 's:radiologie'")
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT headline || bio, specialties FROM mentor_profiles WHERE user_id = %s", (mentors["Mei"].user_id,)
        )
        assert cursor.fetchall() == [("", [])]
        cursor.execute("UPDATE users SET disabled_at = NULL WHERE id = %s", (mentors["Marc"].user_id,))
    assert await listed(directory, q="urgentist") == ["Marc"]


async def test_twenty_who_learn_the_same_words_at_once_do_not_stop_each_other(house: House) -> None:
    people = [await house.person(MENTOR) for _ in range(20)]

    async def write(who: Principal, words: list[str]) -> None:
        async with house.database.transaction() as repositories:
            await repositories.mentors.change(
                ProfileChange(bio=" ".join(words), specialties=words[:3]), user_id=who.user_id
            )

    words = [f"mot{chr(97 + n)}{chr(97 + n % 7)}" for n in range(25)]
    for _ in range(2):
        await asyncio.gather(
            *(write(who, words if n % 2 else words[::-1]) for n, who in enumerate(people)),
        )
        words = [f"autre{word}" for word in words]
    assert len(await listed(made_directory(house), q="autremotaa")) == 20


async def test_accepted_answers_are_counted_where_they_are_accepted_whoever_changes_over_at_once(house: House) -> None:
    forum = ForumHouse(house.database)
    (first, second), asker = [await forum.person(MENTOR) for _ in "12"], await forum.person()
    questions = [await forum.ask(asker) for _ in range(3)]
    answers = [[(await forum.answer(who, question)).row.id for who in (first, second)] for question in questions]

    async def counted() -> list[int]:
        async with house.database.reading() as repositories:
            rows = [await repositories.mentors.find(mentor_id=who.user_id, viewer_id=1) for who in (first, second)]
        return [row.answers_accepted for row in rows if row is not None]

    for by_first, _ in answers:
        await forum.answers.accept(asker, answer_id=by_first)
    assert await counted() == [3, 0]
    # To and fro between the same two people in several questions at once.
    for turn in (1, 0, 1):
        await asyncio.gather(*(forum.answers.accept(asker, answer_id=pair[turn]) for pair in answers))
    assert await counted() == [0, 3]
    await forum.answers.remove(second, answer_id=answers[0][1])
    await forum.answers.take_back(asker, answer_id=answers[1][1])
    assert await counted() == [0, 1]
    own = await forum.ask(second)
    mine = await forum.answer(second, own)
    await forum.answers.accept(second, answer_id=mine.row.id)
    assert await counted() == [0, 1], "one's own answer helped nobody else"


async def talk(house: House, pair: Pair, minutes: list[tuple[Principal, int]]) -> None:
    """Who said something, how many minutes ago."""
    for who, _ in minutes:
        await house.say(who, pair, "…")
    async with house.database.transaction() as repositories:
        await repositories.seeding.backdate(
            conversation_id=pair.conversation_id, minutes=[moment for _, moment in minutes]
        )
    with connected(house.owner_url) as cursor:  # the conversation went on just now, as it has
        cursor.execute(
            "UPDATE conversations SET last_message_at = clock_timestamp() WHERE id = %s", (pair.conversation_id,)
        )


async def test_the_usual_time_to_answer_is_the_median_of_real_answers(house: House) -> None:
    responses, directory = MentorResponses(unit_of_work=house.database), made_directory(house)
    pair = await house.mentoring_pair()
    member, mentor = pair.first, pair.second

    async def measured() -> int | None:
        bookmark: str | None = None
        while (bookmark := await responses.step(bookmark)) is not None:
            assert bookmark.isdecimal()
        return (await directory.get(member, mentor_id=mentor.user_id)).row.response_seconds

    assert await measured() is None
    # The second of two questions in a row counts from the first; what the mentor adds to an answer is none.
    exchange = [(member, 9000), (member, 8995), (mentor, 8990), (mentor, 8000), (member, 500), (mentor, 440)]
    await talk(house, pair, exchange)
    assert await measured() is None, "two answers are too few to say"
    other = Pair(await house.person(MEMBER), mentor, 0)
    opened = await house.conversations.open(other.first, participant_id=mentor.user_id)
    other = Pair(other.first, mentor, opened.view.row.id)
    # 10, 60, and 30 minutes; a question that nobody has answered yet says nothing.
    await talk(house, other, [(other.first, 130), (mentor, 100), (other.first, 5)])
    assert await measured() == 30 * 60
    # Nothing was said since: whoever is measured again would find the same, and is not looked at.
    with connected(house.owner_url) as cursor:
        cursor.execute("UPDATE mentor_profiles SET response_seconds = 1")
        cursor.execute("UPDATE conversations SET last_message_at = now() - interval '3 minutes'")
    assert await measured() == 1
    await house.say(member, pair, "encore ?")
    assert await measured() == 30 * 60


async def test_a_kind_that_is_switched_off_is_no_directory(house: House) -> None:
    closed = made_directory(house, frozenset({"care"}))
    member = await house.person(MEMBER)
    for attempt in (
        closed.page(ANYBODY, q=None, before=None, limit=5),
        closed.counts(ANYBODY, q=None),
        closed.get(member, mentor_id=1),
    ):
        with pytest.raises(Forbidden) as caught:
            await attempt
        assert caught.value.reason == "kind_off"


async def test_two_clicks_of_both_on_two_nodes_are_one_conversation_of_two(house: House, second_house: House) -> None:
    member, mentor = await house.person(MEMBER), await house.person(MENTOR)

    def opened(conversations: Conversations) -> list[object]:
        return [
            one
            for _ in range(4)
            for one in (
                conversations.open(member, participant_id=mentor.user_id),
                conversations.open(mentor, participant_id=member.user_id),
            )
        ]

    outcomes = await asyncio.gather(*opened(house.conversations), *opened(second_house.conversations))  # type: ignore[call-overload]  # coroutines of one kind
    assert len({one.view.row.id for one in outcomes}) == 1
    assert sum(one.created for one in outcomes) == 1
    people = await house.conversations.participants(conversation_id=outcomes[0].view.row.id)
    assert sorted(person.user_id for person in people) == sorted([member.user_id, mentor.user_id])
    profile = await made_directory(house).get(member, mentor_id=mentor.user_id)
    assert profile.row.conversation_id == outcomes[0].view.row.id
    with pytest.raises(NotFound):
        await house.conversations.open(await house.person(PATIENT), participant_id=mentor.user_id)
