"""Who is told of what, and when, on a real database."""

import asyncio
import datetime

import psycopg2
import pytest

from repositories.errors import OutcomeUnknown
from services.conversations import ConversationSettings
from services.errors import NotFound, ValidationFailed
from services.events import NotificationsTold
from services.messages import NewMessage
from services.notification_deliveries import MOST_ATTEMPTS
from services.notification_ports import Notice, Sending
from services.notifications import NotificationPage
from tests.support.forgetful import LosesAnAnswer
from tests.support.house import House, Pair
from tests.support.office import Office
from tests.support.postgres import ScratchDatabase


@pytest.fixture
def office(house: House, clean_database: ScratchDatabase) -> Office:
    return Office(house, clean_database.owner_url)


@pytest.fixture
async def pair(house: House) -> Pair:
    """The first one writes, the second one is told."""
    return await house.care_pair()


async def urgent(office: Office, pair: Pair) -> None:
    new = NewMessage(conversation_id=pair.conversation_id, content="now", is_urgent=True)
    await office.house.messages.post(pair.first, new)


async def mute(office: Office, pair: Pair) -> None:
    await office.house.conversations.settle(
        pair.second, conversation_id=pair.conversation_id, settings=ConversationSettings(muted=True)
    )


async def test_who_is_away_is_told_once_until_they_read(office: Office, house: House, pair: Pair) -> None:
    await office.browser(pair.second)
    await house.say(pair.first, pair, "one", "two")
    await office.work()
    [row] = (await page(office, pair)).items
    assert (row.kind, row.conversation_id, row.count, row.read) == ("new_message", pair.conversation_id, 2, False)
    assert house.published.of(NotificationsTold) == [
        NotificationsTold(user_id=pair.second.user_id, notification_ids=(row.id,))
    ]
    await house.say(pair.first, pair, "three")
    await office.work()
    [moved] = (await page(office, pair)).items
    assert (moved.id, moved.count) == (row.id, 3)
    assert len(office.post.signals) == 1
    assert await office.kinds(pair.first) == []
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    [read] = (await page(office, pair)).items
    assert read.read
    assert read.read_at is not None
    await house.say(pair.first, pair, "four")
    await office.work()
    [anew, old] = (await page(office, pair)).items
    assert (anew.count, anew.read, old.id) == (1, False, row.id)
    assert len(office.post.signals) == 2


async def page(office: Office, pair: Pair, *, before: int | None = None, limit: int = 50) -> NotificationPage:
    return await office.notifications.page(
        pair.second, role=pair.second.role, user_id=pair.second.user_id, unread=False, before=before, limit=limit
    )


async def test_what_was_read_meanwhile_is_told_to_nobody(office: Office, house: House, pair: Pair) -> None:
    office.has_mail(pair.second)
    await house.say(pair.first, pair, "one")
    await office.decisions.look()
    await office.decisions.look()
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    await office.work()
    assert (await office.kinds(pair.second), office.post.letters) == ([], [])
    assert office.ask("SELECT * FROM notification_decisions") == []


async def test_a_letter_is_cancelled_when_it_is_read_before_it_goes(office: Office, house: House, pair: Pair) -> None:
    office.has_mail(pair.second)
    await house.say(pair.first, pair, "one")
    await office.decisions.look()
    await office.decisions.look()
    await office.decisions.decide()
    assert len(office.ask("SELECT * FROM notification_deliveries")) == 1
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    await office.deliveries.run()
    assert office.post.letters == []
    assert office.ask("SELECT * FROM notification_deliveries") == []


async def test_many_conversations_make_one_letter(office: Office, house: House, pair: Pair) -> None:
    office.has_mail(pair.second)
    for number in range(3):
        await house.say(pair.first, pair, f"message {number}")
    for number in range(4):
        office.notifications.tell(
            Notice(user_id=pair.second.user_id, kind="export_ready", subject_type="export", subject_id=str(number))
        )
    await office.notifications.flush()
    await office.decisions.look()
    await office.decisions.look()
    await office.decisions.decide()
    await office.deliveries.run()
    assert len(office.post.letters) == 1
    assert len(await office.kinds(pair.second)) == 5


async def test_on_a_connected_device_only_after_a_while_without_a_look(
    office: Office, house: House, pair: Pair
) -> None:
    await office.browser(pair.second)
    office.online.add(pair.second.user_id)
    await house.say(pair.first, pair, "one")
    await house.marks.delivered(pair.second, conversation_id=pair.conversation_id, up_to_seq=1)
    await office.work()
    office.hurry()
    await office.work()
    assert await office.kinds(pair.second) == []
    office.ahead = datetime.timedelta(seconds=301)
    office.hurry()
    await office.work()
    assert await office.kinds(pair.second) == ["new_message"]
    assert len(office.post.signals) == 1


async def test_a_connection_that_acknowledges_nothing_counts_as_none(office: Office, house: House, pair: Pair) -> None:
    await office.browser(pair.second)
    office.online.add(pair.second.user_id)
    await house.say(pair.first, pair, "one")
    await office.work()
    assert await office.kinds(pair.second) == ["new_message"]
    assert len(office.post.signals) == 1


async def test_what_came_after_a_look_has_its_own_time(
    house: House, pair: Pair, clean_database: ScratchDatabase
) -> None:
    office = Office(house, clean_database.owner_url, delay=0.2)
    await house.say(pair.first, pair, "read")
    office.sql("UPDATE messages SET sent_at = now() - interval '1 s'")
    await office.decisions.look()
    await office.decisions.look()
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    await house.say(pair.first, pair, "not yet read")
    await office.decisions.decide()
    assert await office.kinds(pair.second) == []
    [(seq, due_in)] = office.ask("SELECT seq, due_at > clock_timestamp() - interval '1 s' FROM notification_decisions")
    assert (seq, due_in) == (2, True)
    office.hurry()
    await office.decisions.decide()
    assert await office.kinds(pair.second) == ["new_message"]


async def test_urgent_is_listed_for_the_connected_too_and_goes_through_a_mute(
    office: Office, house: House, pair: Pair
) -> None:
    await office.browser(pair.second)
    office.online.add(pair.second.user_id)
    await mute(office, pair)
    await house.say(pair.first, pair, "silent")
    await office.work()
    assert await office.kinds(pair.second) == []
    await urgent(office, pair)
    await house.marks.delivered(pair.second, conversation_id=pair.conversation_id, up_to_seq=2)
    await office.work()
    assert await office.kinds(pair.second) == ["urgent"]
    assert office.post.signals == [], "it is on a connected device"
    office.online.clear()
    office.hurry()
    await office.work()
    [(_, signal)] = office.post.signals
    assert (signal.kind, signal.urgent) == ("urgent", True)


async def test_a_mute_holds_against_urgent_where_somebody_wants_that(office: Office, pair: Pair) -> None:
    await office.preferences.change(pair.second, {"urgent_always": False})
    await mute(office, pair)
    await urgent(office, pair)
    await office.work()
    assert await office.kinds(pair.second) == []


async def test_quiet_hours_put_off_and_urgent_does_not_wait(office: Office, house: House, pair: Pair) -> None:
    office.has_mail(pair.second)
    now = office.now()
    hours = {
        "quiet_from": (now - datetime.timedelta(hours=1)).time().replace(second=0, microsecond=0),
        "quiet_to": (now + datetime.timedelta(hours=2)).time().replace(second=0, microsecond=0),
        "time_zone": "UTC",
    }
    await office.preferences.change(pair.second, hours)
    await house.say(pair.first, pair, "later")
    await office.work()
    assert await office.kinds(pair.second) == ["new_message"]
    assert office.post.letters == []
    [(minutes,)] = office.ask("SELECT extract(epoch FROM due_at - now()) / 60 FROM notification_deliveries")
    assert 118 <= float(str(minutes)) <= 120
    await urgent(office, pair)
    await office.work()
    assert [letter.urgent for letter in office.post.letters] == [True]


async def test_ways_and_kinds_that_are_not_wanted_are_not_gone(office: Office, house: House, pair: Pair) -> None:
    office.has_mail(pair.second)
    await office.browser(pair.second)
    await office.preferences.change(pair.second, {"email": False, "silent_kinds": ["new_message"]})
    await house.say(pair.first, pair, "one")
    await office.work()
    assert await office.kinds(pair.second) == ["new_message"]
    assert (office.post.letters, office.post.signals) == ([], [])
    await office.preferences.change(pair.second, {"silent_kinds": []})
    await urgent(office, pair)
    await office.work()
    assert (len(office.post.letters), len(office.post.signals)) == (0, 1)


async def test_failed_deliveries_come_again_later_and_gone_browsers_never(
    office: Office, house: House, pair: Pair
) -> None:
    await office.browser(pair.second)
    await house.say(pair.first, pair, "one")
    office.post.answer = Sending.LATER
    await office.work()
    [(attempts, waits)] = office.ask("SELECT attempts, due_at > now() + interval '20 s' FROM notification_deliveries")
    assert (attempts, waits) == (1, True)
    office.hurry()
    office.post.answer = Sending.GONE
    await office.work()
    assert office.ask("SELECT * FROM push_subscriptions") == []
    assert office.ask("SELECT * FROM notification_deliveries") == []
    assert office.sent == [("push", "later"), ("push", "gone")]


async def test_a_delivery_that_raises_each_time_is_given_up(office: Office, house: House, pair: Pair) -> None:
    """Its lease brings it back, and each time it holds up the others."""
    await office.browser(pair.second)
    await house.say(pair.first, pair, "one")
    office.post.trouble = LookupError("a mistake of ours")
    with pytest.raises(LookupError):
        await office.work()
    for _ in range(MOST_ATTEMPTS - 1):
        office.hurry()
        with pytest.raises(LookupError):
            await office.deliveries.run()
    office.hurry()
    await office.deliveries.run()
    assert office.ask("SELECT count(*) FROM notification_deliveries") == [(0,)]


async def test_a_browser_ends_with_its_session(office: Office, house: House, pair: Pair) -> None:
    await office.browser(pair.second)
    office.sql(
        "INSERT INTO sessions (id, user_id, expires_at, ended_at) "
        "VALUES ('00000000-0000-4000-8000-000000000001', %s, now() + interval '1 d', now())",
        pair.second.user_id,
    )
    office.sql("UPDATE push_subscriptions SET session_id = '00000000-0000-4000-8000-000000000001'")
    await house.say(pair.first, pair, "one")
    await office.work()
    assert await office.kinds(pair.second) == ["new_message"]
    assert office.post.signals == []


async def test_a_browser_has_one_subscription_and_a_person_not_too_many(office: Office, pair: Pair) -> None:
    first = await office.browser(pair.first, "shared")
    assert await office.browser(pair.second, "shared") == first
    with pytest.raises(NotFound):
        await office.subscriptions.unsubscribe(pair.first, subscription_id=first)
    for number in range(25):
        await office.browser(pair.second, f"browser {number}")
    assert office.ask("SELECT count(*) FROM push_subscriptions") == [(20,)]


async def test_two_nodes_at_once_tell_and_send_once(
    office: Office, second_house: House, clean_database: ScratchDatabase, house: House, pair: Pair
) -> None:
    other = Office(second_house, clean_database.owner_url)
    office.has_mail(pair.second)
    await office.browser(pair.second)
    others = [await house.care_pair() for _ in range(30)]
    for each in (pair, *others):
        await house.say(each.first, each, "one")
    await office.decisions.look()
    for _ in range(6):
        await asyncio.gather(office.work(), other.work())
    assert office.ask("SELECT count(*), count(DISTINCT user_id) FROM notifications") == [(31, 31)]
    assert len(office.post.letters + other.post.letters) == 1
    assert len(office.post.signals + other.post.signals) == 1
    told = house.published.of(NotificationsTold) + second_house.published.of(NotificationsTold)
    assert len(told) == 31


async def test_what_a_node_had_taken_when_it_died_is_sent_by_another_when_its_lease_is_over(
    office: Office, house: House, pair: Pair
) -> None:
    office.has_mail(pair.second)
    await house.say(pair.first, pair, "one")
    await office.decisions.look()
    await office.decisions.look()
    await office.decisions.decide()
    async with house.database.transaction() as repositories:
        assert len(await repositories.notification_queue.claim(limit=10, lease=90.0, kinds=["care"])) == 1
    await office.deliveries.run()
    assert office.post.letters == []
    office.hurry()
    await office.deliveries.run()
    assert len(office.post.letters) == 1


async def test_what_comes_while_a_letter_is_on_its_way_is_not_lost(office: Office, house: House, pair: Pair) -> None:
    office.has_mail(pair.second)
    notice = Notice(user_id=pair.second.user_id, kind="export_ready")
    office.notifications.tell(notice)
    await office.notifications.flush()
    async with house.database.transaction() as repositories:
        [claimed] = await repositories.notification_queue.claim(limit=10, lease=90.0, kinds=["care"])
    office.notifications.tell(notice)
    await office.notifications.flush()
    async with house.database.transaction() as repositories:
        await repositories.notification_queue.finish(claimed)
    office.hurry()
    await office.deliveries.run()
    assert len(office.post.letters) == 1


async def test_what_comes_while_a_delivery_is_put_off_does_not_wait_with_it(
    office: Office, house: House, pair: Pair
) -> None:
    office.has_mail(pair.second)
    notice = Notice(user_id=pair.second.user_id, kind="export_ready")
    office.notifications.tell(notice)
    await office.notifications.flush()
    async with house.database.transaction() as repositories:
        [claimed] = await repositories.notification_queue.claim(limit=10, lease=90.0, kinds=["care"])
    office.notifications.tell(notice)
    await office.notifications.flush()
    tomorrow = office.now() + datetime.timedelta(days=1)
    async with house.database.transaction() as repositories:
        await repositories.notification_queue.put_off(claimed, due_at=tomorrow, attempts=0)
    await office.deliveries.run()
    assert len(office.post.letters) == 1


async def test_what_others_tell_is_stored_and_one_mistake_spoils_nothing_else(
    office: Office, house: House, pair: Pair
) -> None:
    second = pair.second.user_id
    for conversation_id in (pair.conversation_id, 10**9):
        office.notifications.tell(
            Notice(
                user_id=second, kind="conversation_opened", conversation_id=conversation_id, actor_id=pair.first.user_id
            )
        )
    office.notifications.tell(Notice(user_id=10**9, kind="export_ready"))
    office.notifications.tell(Notice(user_id=second, kind="new_message"))
    office.notifications.tell(Notice(user_id=second, kind="context_changed", subject_type="examen", subject_id="\0"))
    await office.notifications.flush()
    [row] = (await page(office, pair)).items
    assert (row.kind, row.actor_id, row.conversation_id) == (
        "conversation_opened",
        pair.first.user_id,
        pair.conversation_id,
    )
    assert office.lost == [
        "unknown kind 'new_message'",
        "conversation_opened breaks notifications_conversation_fkey",
        "context_changed raises ValueError",
    ]


@pytest.mark.parametrize("stored", [True, False])
async def test_what_others_tell_is_stored_once_though_the_answer_to_the_commit_was_lost(
    house: House, pair: Pair, clean_database: ScratchDatabase, stored: bool
) -> None:
    forgetful = LosesAnAnswer(house.database, "notifications", stored=stored)
    office = Office(house, clean_database.owner_url, unit_of_work=forgetful)
    exports = [
        Notice(user_id=pair.second.user_id, kind="export_ready", subject_type="export", subject_id=str(number))
        for number in range(2)
    ]
    office.notifications.tell(exports[0])
    with pytest.raises(OutcomeUnknown):
        await office.notifications.flush()
    office.notifications.tell(exports[1])
    await office.notifications.flush()
    rows = (await page(office, pair)).items
    assert [row.subject_id for row in rows] == ["1", "0"]
    told = [each for fact in house.published.of(NotificationsTold) for each in fact.notification_ids]
    assert told == [row.id for row in reversed(rows)]


async def test_what_others_tell_is_stored_once_though_the_database_went_after_the_first_of_some(
    house: House, pair: Pair, clean_database: ScratchDatabase
) -> None:
    """One mistake among them, so that each is stored by itself."""
    forgetful = LosesAnAnswer(house.database, "notifications", stored=False, spared=1)
    office = Office(house, clean_database.owner_url, unit_of_work=forgetful)
    for conversation_id in (pair.conversation_id, pair.conversation_id, 10**9):
        office.notifications.tell(
            Notice(user_id=pair.second.user_id, kind="conversation_opened", conversation_id=conversation_id)
        )
    with pytest.raises(OutcomeUnknown):
        await office.notifications.flush()
    assert await office.kinds(pair.second) == ["conversation_opened"]
    await office.notifications.flush()
    assert await office.kinds(pair.second) == ["conversation_opened"] * 2


@pytest.mark.parametrize("stored", [True, False])
async def test_a_notification_of_messages_is_told_though_the_answer_to_the_commit_was_lost(
    house: House, pair: Pair, clean_database: ScratchDatabase, stored: bool
) -> None:
    forgetful = LosesAnAnswer(house.database, "notifications", stored=stored)
    office = Office(house, clean_database.owner_url, unit_of_work=forgetful)
    await house.say(pair.first, pair, "one")
    await office.decisions.look()
    await office.decisions.look()
    with pytest.raises(OutcomeUnknown):
        await office.decisions.decide()
    await office.decisions.decide()
    [row] = (await page(office, pair)).items
    assert house.published.of(NotificationsTold)[-1].notification_ids == (row.id,)


async def test_who_was_removed_sees_nothing_of_that_conversation(office: Office, house: House, pair: Pair) -> None:
    await house.say(pair.first, pair, "one")
    await office.work()
    assert await office.kinds(pair.second) == ["new_message"]
    await house.conversations.set_left(conversation_id=pair.conversation_id, user_id=pair.second.user_id, left=True)
    assert await office.kinds(pair.second) == []


async def test_pages_marks_and_other_peoples(office: Office, house: House, pair: Pair) -> None:
    for number in range(5):
        office.notifications.tell(
            Notice(user_id=pair.second.user_id, kind="export_ready", subject_type="export", subject_id=str(number))
        )
    await office.notifications.flush()
    first = await page(office, pair, limit=2)
    second = await page(office, pair, limit=2, before=first.next)
    last = await page(office, pair, limit=2, before=second.next)
    assert [row.subject_id for part in (first, second, last) for row in part.items] == ["4", "3", "2", "1", "0"]
    assert last.next is None
    one = first.items[0].id
    assert (await office.notifications.set_read(pair.second, notification_id=one, read=True)).read
    assert len(await office.kinds(pair.second, unread=True)) == 4
    assert not (await office.notifications.set_read(pair.second, notification_id=one, read=False)).read
    with pytest.raises(NotFound):
        await office.notifications.set_read(pair.first, notification_id=one, read=True)
    with pytest.raises(NotFound):
        await office.notifications.page(
            pair.first, role=pair.second.role, user_id=pair.second.user_id, unread=False, before=None, limit=2
        )


async def test_old_ones_are_forgotten(office: Office, pair: Pair) -> None:
    for _ in range(2):
        office.notifications.tell(Notice(user_id=pair.second.user_id, kind="export_ready"))
    await office.notifications.flush()
    office.sql(
        "UPDATE notifications SET created_at = now() - interval '91 days' WHERE id = (SELECT min(id) FROM notifications)"
    )
    assert await office.notifications.forget_old(days=90) == 1
    assert await office.kinds(pair.second) == ["export_ready"]


async def test_a_time_zone_must_exist(office: Office, pair: Pair) -> None:
    with pytest.raises(ValidationFailed):
        await office.preferences.change(pair.second, {"time_zone": "Europe/Atlantis"})


async def test_no_message_is_passed_by_whose_number_is_lower_and_that_is_committed_later(
    office: Office, house: House, pair: Pair, clean_database: ScratchDatabase
) -> None:
    """A number is given before its row is committed."""
    late = await house.care_pair()
    writing = psycopg2.connect(clean_database.owner_url)
    try:
        with writing.cursor() as cursor:
            cursor.execute(
                "UPDATE conversations SET last_seq = 1, last_change = 1 WHERE id = %(conversation)s;"
                "INSERT INTO messages (conversation_id, seq, change, sender_id, message_key, type, content)"
                " VALUES (%(conversation)s, 1, 1, %(sender)s, gen_random_uuid(), 'text', '')",
                {"conversation": late.conversation_id, "sender": late.first.user_id},
            )
        await house.say(pair.first, pair, "a higher number")
        await office.work()
        assert await office.kinds(pair.second) == [], "what has a higher number waits"
        writing.commit()
    finally:
        writing.close()
    await office.work()
    assert await office.kinds(late.second) == ["new_message"]
    assert await office.kinds(pair.second) == ["new_message"]


async def test_what_is_young_waits_and_is_not_passed_by(
    house: House, pair: Pair, clean_database: ScratchDatabase
) -> None:
    office = Office(house, clean_database.owner_url, delay=60.0)
    await house.say(pair.first, pair, "old", "young")
    office.sql("UPDATE messages SET sent_at = now() - interval '1 minute' WHERE seq = 1")
    await office.work()
    assert office.ask("SELECT message_id FROM notification_cursor") == office.ask(
        "SELECT id FROM messages WHERE seq = 1"
    )
    assert await office.kinds(pair.second) == ["new_message"]


async def test_who_writes_later_keeps_nothing_waiting(
    office: Office, house: House, pair: Pair, clean_database: ScratchDatabase
) -> None:
    """On a busy server somebody always writes: only those are waited for that were at it already."""
    first, second = (psycopg2.connect(clean_database.owner_url) for _ in range(2))
    await office.work()  # which makes the cursor
    try:
        first.cursor().execute("LOCK TABLE messages IN ROW EXCLUSIVE MODE")
        await house.say(pair.first, pair, "one")
        await office.work()
        second.cursor().execute("LOCK TABLE messages IN ROW EXCLUSIVE MODE")
        first.commit()
        await office.work()
        assert await office.kinds(pair.second) == ["new_message"]
    finally:
        first.close()
        second.close()
