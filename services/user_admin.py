"""Users as administrators, host applications and the command line manage them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypedDict

from repositories.errors import ConstraintViolated
from repositories.repositories import Repositories
from repositories.users import UserDetails, UserFilter, UserRow
from services.errors import Conflict, DomainError, NotFound
from services.events import Fact, SessionsEnded, UserChanged, UserDisabled
from services.ports import Publisher, UnitOfWork
from services.security_ports import PasswordHasher


class UserChanges(TypedDict, total=False):
    """What is not named stays."""

    username: str
    first_name: str
    last_name: str
    email: str | None
    role: str
    disabled: bool
    password: str


@dataclass(frozen=True, slots=True)
class UserPage:
    items: Sequence[UserRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class PutUser:
    user: UserRow
    created: bool


class UserAdmin:
    def __init__(self, *, unit_of_work: UnitOfWork, publisher: Publisher, hasher: PasswordHasher) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._hasher = hasher

    async def page(self, *, filters: UserFilter, before: int | None, limit: int) -> UserPage:
        """Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.users.page(filters=filters, before=before, limit=limit + 1)
        items = rows[:limit]
        return UserPage(items, str(items[-1].id) if len(rows) > limit else None)

    async def get(self, *, user_id: int) -> UserRow:
        """Raises NotFound, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            return _present(await repositories.users.find(user_id=user_id))

    async def create(self, details: UserDetails, *, password: str | None, external_id: str | None = None) -> UserRow:
        """Raises ValidationFailed (password), Conflict (username or externalId taken), Unavailable."""
        password_hash = await self._hash(password, details.username)
        async with self._unit_of_work.transaction() as repositories:
            user_id = await repositories.users.insert(details, external_id=external_id, password_hash=password_hash)
            if user_id is None:
                raise await _taken(repositories, external_id)
            return _present(await repositories.users.find(user_id=user_id))

    async def put(self, details: UserDetails, *, external_id: str, disabled: bool | None) -> PutUser:
        """Make or update the user of that external id; the same again changes nothing. `disabled` None leaves that.

        Raises Conflict (username taken, role in use), Unavailable.
        """
        facts: list[Fact] = []
        with _conflicts():
            async with self._unit_of_work.transaction() as repositories:
                wanted = replace(details, disabled=bool(disabled))
                user_id = await repositories.users.insert(wanted, external_id=external_id, password_hash=None)
                created = user_id is not None
                if user_id is None:
                    user_id, facts = await _update(repositories, details, external_id, disabled)
                user = _present(await repositories.users.find(user_id=user_id))
        self._publish(facts)
        return PutUser(user, created)

    async def change(self, *, user_id: int, changes: UserChanges) -> UserRow:
        """Being disabled, a new password or another role ends the user's sessions.

        Raises NotFound, ValidationFailed (password), Conflict (username taken, role in use, erased), Unavailable.
        """
        username = changes.get("username") or (await self.get(user_id=user_id)).username
        password_hash = await self._hash(changes.get("password"), username)
        with _conflicts():
            async with self._unit_of_work.transaction() as repositories:
                row = _present(await repositories.users.lock(user_id=user_id))
                if await repositories.erasures.find(user_id=user_id) is not None:
                    raise Conflict(reason="person_erased")
                facts = await _apply(repositories, row, _changed(row, changes), password_hash)
                user = _present(await repositories.users.find(user_id=user_id))
        self._publish(facts)
        return user

    async def _hash(self, password: str | None, username: str) -> str | None:
        if password is None:
            return None
        self._hasher.check_policy(password, username)
        return await self._hasher.hash(password)

    def _publish(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self._publisher.publish(fact)


async def _update(
    repositories: Repositories, details: UserDetails, external_id: str, disabled: bool | None
) -> tuple[int, list[Fact]]:
    row = await repositories.users.lock(external_id=external_id)
    if row is None:
        # The insert did not conflict on the external id, so it did on the name.
        raise Conflict(fields={"username": "taken"})
    wanted = replace(details, disabled=row.disabled if disabled is None else disabled)
    return row.id, await _apply(repositories, row, wanted, None)


async def _apply(
    repositories: Repositories, row: UserRow, wanted: UserDetails, password_hash: str | None
) -> list[Fact]:
    """`row` is locked. Returns what is to be told after COMMIT."""
    if wanted.role != row.role and await repositories.users.role_in_use(user_id=row.id):
        raise Conflict(fields={"role": "role_in_use"})
    changed = await repositories.users.update(wanted, user_id=row.id)
    if password_hash is not None:
        await repositories.users.set_password(user_id=row.id, password_hash=password_hash)
    facts: list[Fact] = []
    reason = _end_reason(row, wanted, password_hash)
    if reason and (ended := await repositories.sessions.end_all(user_id=row.id, reason=reason)):
        facts.append(SessionsEnded(user_id=row.id, session_ids=ended))
    if changed:
        newly_disabled = wanted.disabled and not row.disabled
        facts.append(UserDisabled(user_id=row.id) if newly_disabled else UserChanged(user_id=row.id))
    return facts


def _end_reason(row: UserRow, wanted: UserDetails, password_hash: str | None) -> str | None:
    """Why the user's sessions end. Sockets know the role they came with, hence another role ends them too."""
    if wanted.disabled and not row.disabled:
        return "disabled"
    if password_hash is not None:
        return "password_reset"
    return "role_changed" if wanted.role != row.role else None


def _changed(row: UserRow, changes: UserChanges) -> UserDetails:
    return UserDetails(
        username=changes.get("username", row.username),
        first_name=changes.get("first_name", row.first_name),
        last_name=changes.get("last_name", row.last_name),
        email=changes.get("email", row.email),
        role=changes.get("role", row.role),
        disabled=changes.get("disabled", row.disabled),
    )


async def _taken(repositories: Repositories, external_id: str | None) -> DomainError:
    known = external_id is not None and await repositories.users.lock(external_id=external_id)
    return Conflict(fields={"externalId" if known else "username": "taken"})


@contextmanager
def _conflicts() -> Iterator[None]:
    try:
        yield
    except ConstraintViolated as error:
        if error.constraint != "users_username_key":
            raise
        raise Conflict(fields={"username": "taken"}) from error


def _present(row: UserRow | None) -> UserRow:
    if row is None:
        raise NotFound
    return row
