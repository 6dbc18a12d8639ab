"""What is asked of the big set: the repositories' own calls, for people as they come and for the busiest ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from repositories.conversations import ListPosition
from repositories.repositories import Repositories
from repositories.users import BearerKey, PartnerFilter

ALL_KINDS = ("care", "mentoring", "contextual")
PAGE = 51
Call = Callable[[Repositories], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Question:
    """`sample` finds rows to ask about; `call` makes one of them into a call of the repositories."""

    name: str
    sample: str
    call: Callable[[Repositories, Any], Awaitable[object]]


# {n} is how many are wanted, {long} how many conversations are long, {of_busy} the last conversation of the busy doctors,
# {busy} finds those doctors, {some} finds conversations as they come.
SOME = "SELECT 1 + (hashint8(g)::bigint & 2147483647) % (SELECT max(id) FROM conversations) FROM generate_series(1, {n}) AS g"
USUAL_PEOPLE = "SELECT first_user_id AS user_id FROM conversations WHERE id IN ({some})"
BUSY = "SELECT second_user_id AS user_id FROM conversations WHERE id <= {of_busy} GROUP BY 1 HAVING count(*) > 10"
BUSY_PEOPLE = "SELECT user_id FROM ({busy}) busy, generate_series(1, {n}) ORDER BY random() LIMIT {n}"
DEEP_PLACES = """
SELECT me.user_id, me.pinned::integer, c.last_message_at, c.id
FROM ({busy}) busy JOIN LATERAL (
    SELECT * FROM participants p WHERE p.user_id = busy.user_id AND NOT p.pinned
    ORDER BY hashint8(p.conversation_id) LIMIT {n}
) me ON true JOIN conversations c ON c.id = me.conversation_id
WHERE c.last_message_at IS NOT NULL ORDER BY random() LIMIT {n}"""
USUAL_CONVERSATIONS = (
    "SELECT id, last_seq, last_change, first_user_id FROM conversations WHERE last_seq > 2 AND id IN ({some})"
)
LONG_CONVERSATIONS = """
SELECT long.id, 1 + (random() * last_seq)::bigint, last_change
FROM (SELECT * FROM conversations ORDER BY last_seq DESC LIMIT {long}) long, generate_series(1, {n})
ORDER BY random() LIMIT {n}"""
SYNCS = """
SELECT user_id, array_agg(conversation_id), array_agg(GREATEST(last_seq - 3, 0)) FROM (
    SELECT who.k, p.user_id, p.conversation_id, c.last_seq
    FROM (SELECT user_id, row_number() OVER () AS k FROM ({people}) p) who
    JOIN LATERAL (SELECT * FROM participants p WHERE p.user_id = who.user_id LIMIT 50) p ON true
    JOIN conversations c ON c.id = p.conversation_id
) named GROUP BY k, user_id ORDER BY random()"""
NAMES = """
SELECT v.id, n.first_name, n.last_name
FROM (SELECT id, row_number() OVER () AS k FROM users WHERE role = '{role}' ORDER BY username LIMIT {n}) v
JOIN (SELECT first_name, last_name, row_number() OVER () AS k FROM users WHERE role = '{other}'
      ORDER BY username DESC LIMIT {n}) n USING (k)"""
PARTNERS = """
SELECT v.user_id, n.first_name, n.last_name FROM ({people}) v JOIN LATERAL (
    SELECT u.* FROM care_links l JOIN users u ON u.id = l.patient_id WHERE l.doctor_id = v.user_id AND l.until IS NULL
    ORDER BY hashint8(l.id + (random() * 1000)::bigint) LIMIT 1) n ON true"""


def _partners(
    form: Callable[[str, str], str | None], *, counterpart: str | None
) -> Callable[[Repositories, Any], Awaitable[object]]:
    def call(repositories: Repositories, row: Any) -> Awaitable[object]:
        filters = PartnerFilter(care=counterpart is None, counterpart=counterpart, q=form(row[1], row[2]))
        return repositories.users.partners(viewer_id=row[0], filters=filters, before=None, limit=PAGE)

    return call


def _typo(first: str, last: str) -> str:
    """A letter in the middle is another one."""
    place = len(last) // 2
    return last[:place] + ("x" if last[place] != "x" else "y") + last[place + 1 :]


def _everybody(first: str, last: str) -> None:
    return None


FORMS: tuple[tuple[str, Callable[[str, str], str | None]], ...] = (
    ("whole name", lambda first, last: f"{first} {last}"),
    ("three letters", lambda first, last: last[:3]),
    ("one letter", lambda first, last: last[:1]),
    ("inner letters", lambda first, last: last[2:6]),
    ("typing error", _typo),
    ("all", _everybody),
)


def _page(repositories: Repositories, row: Any, *, sort: str = "activity") -> Awaitable[object]:
    before = ListPosition(row[1], row[2], row[3]) if len(row) > 1 else None
    return repositories.conversations.page(
        viewer_id=row[0],
        kinds=ALL_KINDS,
        status=None,
        kind=None,
        q=None,
        urgent=False,
        awaiting_reply=False,
        sort=sort,
        before=before,
        limit=PAGE,
    )


def _urgent(repositories: Repositories, row: Any) -> Awaitable[object]:
    return _page(repositories, row, sort="urgent")


def _newest(repositories: Repositories, row: Any) -> Awaitable[object]:
    return repositories.messages.before(conversation_id=row[0], before_seq=None, limit=PAGE)


def _deep(repositories: Repositories, row: Any) -> Awaitable[object]:
    return repositories.messages.before(conversation_id=row[0], before_seq=row[1], limit=PAGE)


def _after(repositories: Repositories, row: Any) -> Awaitable[object]:
    return repositories.messages.after(conversation_id=row[0], after_seq=row[1], limit=201)


def _changes(repositories: Repositories, row: Any) -> Awaitable[object]:
    return repositories.messages.changes(conversation_id=row[0], after_change=row[1], up_to_seq=row[1], limit=201)


def _membership(repositories: Repositories, row: Any) -> Awaitable[object]:
    return repositories.conversations.membership(conversation_id=row[0], user_id=row[3])


def _unread(repositories: Repositories, row: Any) -> Awaitable[object]:
    return repositories.marks.unread_total(user_id=row[0], kinds=ALL_KINDS)


def _bearer(repositories: Repositories, row: Any) -> Awaitable[object]:
    key = BearerKey(user_id=row[0], external_id=None, session_id=None, greeted=True)
    return repositories.users.bearers([key], kinds=ALL_KINDS)


async def _sync(repositories: Repositories, row: Any) -> None:
    """The statements of services.resume, for what was named."""
    viewer, ids, seqs = row
    await repositories.conversations.memberships(conversation_ids=ids, user_id=viewer)
    await repositories.messages.missed_changes(
        viewer_id=viewer, conversation_ids=ids, up_to_seqs=seqs, after_changes=seqs, limit=501
    )
    await repositories.messages.missed_messages(viewer_id=viewer, conversation_ids=ids, after_seqs=seqs, limit=501)
    await repositories.conversations.participants(ids)
    await repositories.conversations.except_for(viewer_id=viewer, kinds=ALL_KINDS, conversation_ids=ids, limit=101)


def questions() -> list[Question]:
    return [
        Question("conversation list", USUAL_PEOPLE, _page),
        Question("conversation list, busy doctor", BUSY_PEOPLE, _page),
        Question("conversation list, busy doctor, deep", DEEP_PLACES, _page),
        Question("conversation list, busy doctor, urgent first", BUSY_PEOPLE, _urgent),
        Question("history, newest page", USUAL_CONVERSATIONS, _newest),
        Question("history, deep page of a long one", LONG_CONVERSATIONS, _deep),
        Question("membership", USUAL_CONVERSATIONS, _membership),
        Question("resume, 200 messages of a long one", LONG_CONVERSATIONS, _after),
        Question("resume, changes of a long one", LONG_CONVERSATIONS, _changes),
        Question("sync", SYNCS.replace("{people}", USUAL_PEOPLE), _sync),
        Question("sync, busy doctor", SYNCS.replace("{people}", BUSY_PEOPLE), _sync),
        Question("unread count", USUAL_PEOPLE, _unread),
        Question("unread count, busy doctor", BUSY_PEOPLE, _unread),
        Question("connecting: bearer of a token and what is unread", USUAL_PEOPLE, _bearer),
        *(
            Question(
                f"search, busy doctor: {name}",
                PARTNERS.replace("{people}", BUSY_PEOPLE),
                _partners(form, counterpart=None),
            )
            for name, form in FORMS
        ),
        *(
            Question(
                f"search, member: {name}",
                NAMES.format(role="member", other="mentor", n="{n}"),
                _partners(form, counterpart="mentor"),
            )
            for name, form in FORMS
        ),
        *(
            Question(
                f"search, mentor: {name}",
                NAMES.format(role="mentor", other="member", n="{n}"),
                _partners(form, counterpart="member"),
            )
            for name, form in FORMS
        ),
    ]
