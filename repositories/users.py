"""Users: rows of people."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class BearerKey:
    """What a token names: a user by one of two keys, and a session by the text of its UUID. `greeted`: the unread messages are
    wanted too.
    """

    user_id: int | None = None
    external_id: str | None = None
    session_id: str | None = None
    greeted: bool = False


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token names, as the database has it now. `session_alive` counts only when `session_known`."""

    user_id: int
    role: str
    disabled: bool
    session_known: bool
    session_alive: bool | None
    unread: int | None = None
    n: int = 1
    """The place of its key among those that were asked for, from 1."""


@dataclass(frozen=True, slots=True)
class Credentials:
    user_id: int
    password_hash: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class UserRow:
    id: int
    external_id: str | None
    username: str
    first_name: str
    last_name: str
    email: str | None
    role: str
    disabled_at: datetime.datetime | None
    has_password: bool
    last_seen_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime

    @property
    def disabled(self) -> bool:
        return self.disabled_at is not None


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """Somebody the viewer may talk to; `conversation_id` when the two have a conversation already."""

    id: int
    username: str
    first_name: str
    last_name: str
    role: str
    email: str | None
    conversation_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDetails:
    """What an administrator says about a person."""

    username: str
    first_name: str
    last_name: str
    email: str | None
    role: str
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    q: str | None = None
    role: str | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFilter:
    """`care`: those with an open care link, else `counterpart`: everybody in this role."""

    care: bool
    counterpart: str | None
    q: str | None = None
    role: str | None = None


class UserRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def bearers(self, keys: Sequence[BearerKey], *, kinds: Collection[str]) -> list[Bearer | None]:
        """In the order of the keys; None for those that name nobody."""
        rows = await self._statements.many(
            "list_bearers",
            Bearer,
            user_ids=[key.user_id for key in keys],
            external_ids=[key.external_id for key in keys],
            session_ids=[key.session_id for key in keys],
            greeted=[key.greeted for key in keys],
            kinds=list(kinds),
        )
        found = {row.n: row for row in rows}
        return [found.get(n) for n in range(1, len(keys) + 1)]

    async def credentials_by_username(self, *, username: str) -> Credentials | None:
        return await self._statements.one("find_credentials_by_username", Credentials, username=username)

    async def credentials(self, *, user_id: int) -> Credentials | None:
        return await self._statements.one("find_credentials", Credentials, user_id=user_id)

    async def replace_password(self, *, user_id: int, password_hash: str, expected_hash: str) -> bool:
        """False when somebody else replaced it meanwhile."""
        touched = await self._statements.run(
            "replace_password", user_id=user_id, password_hash=password_hash, expected_hash=expected_hash
        )
        return touched > 0

    async def set_password(self, *, user_id: int, password_hash: str) -> None:
        await self._statements.run("set_password", user_id=user_id, password_hash=password_hash)

    async def find(self, *, user_id: int) -> UserRow | None:
        return await self._statements.one("find_user", UserRow, user_id=user_id)

    async def lock(self, *, user_id: int | None = None, external_id: str | None = None) -> UserRow | None:
        """By either key. Inside a transaction only."""
        return await self._statements.one("lock_user", UserRow, user_id=user_id, external_id=external_id)

    async def insert(self, details: UserDetails, *, external_id: str | None, password_hash: str | None) -> int | None:
        """None when the external id or the user name is taken."""
        made: int | None = await self._statements.value(
            "insert_user", **_columns(details), external_id=external_id, password_hash=password_hash
        )
        return made

    async def update(self, details: UserDetails, *, user_id: int) -> bool:
        """False when it is so already. Raises ConstraintViolated("users_username_key")."""
        return await self._statements.run("update_user", **_columns(details), user_id=user_id) > 0

    async def role_in_use(self, *, user_id: int) -> bool:
        """Whether conversations or open care links stand on this person's role."""
        return bool(await self._statements.value("role_in_use", user_id=user_id))

    async def page(self, *, filters: UserFilter, before: int | None, limit: int) -> list[UserRow]:
        return await self._statements.many(
            "list_users",
            UserRow,
            q=filters.q,
            role=filters.role,
            disabled=filters.disabled,
            before=before,
            limit=limit,
        )

    async def partners(
        self, *, viewer_id: int, filters: PartnerFilter, before: int | None, limit: int
    ) -> list[PartnerRow]:
        """Best match first, then by name. `before` is the last person of the page before."""
        words = (filters.q or "").split()
        page = {"viewer_id": viewer_id, "before": before, "limit": limit}
        role = filters.counterpart
        if filters.care:
            return await self._statements.many(
                "list_care_partners", PartnerRow, q=" ".join(words), role=filters.role, **page
            )
        if role is None or filters.role not in (None, role):
            return []
        if not words:
            return await self._statements.many("list_role_partners", PartnerRow, role=role, **page)
        longest, second, *_ = [*sorted(words, key=len, reverse=True)[:2], *words]
        return await self._statements.many(
            "search_role_partners", PartnerRow, q=" ".join(words), longest=longest, second=second, role=role, **page
        )


def _columns(details: UserDetails) -> dict[str, object]:
    return {
        "username": details.username,
        "first_name": details.first_name,
        "last_name": details.last_name,
        "email": details.email,
        "role": details.role,
        "disabled": details.disabled,
    }
