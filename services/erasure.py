"""Erasing a person as far as the law lets one: at once what nobody must keep, the rest when its time is over. See ADR 0030."""

import datetime
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from repositories.erasures import ErasureRow, NewErasure
from repositories.person_data import EndedLink, PersonDataRepository
from repositories.repositories import Repositories
from repositories.users import UserRow
from services.erasure_plan import ErasureReport, Judgement, removed
from services.errors import Conflict, NotFound
from services.events import CareLinkChanged, SessionsEnded, UserChanged, UserDisabled
from services.person_files import PersonFiles
from services.ports import Publisher, UnitOfWork
from services.security_ports import ContentCipher

PAGE = 500
ROWS_AT_ONCE = 2000
FIRST_NAME = "Anonyme"
NO_CONVERSATION = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody was before they were erased."""

    external_id: str | None
    username: str
    first_name: str
    last_name: str
    email: str | None


class Erasure:
    """`days` of retention by kind of conversation. `publisher` may tell nobody: nodes see in the database who is disabled."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cipher: ContentCipher,
        files: PersonFiles,
        days: Mapping[str, int],
        now: Callable[[], datetime.datetime],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cipher = cipher
        self._files = files
        self._days = days
        self._now = now

    async def report(self, *, user_id: int) -> ErasureReport:
        """What would be done, or how far it is; changes nothing. Raises NotFound."""
        async with self._unit_of_work.reading() as repositories:
            user = _there(await repositories.users.find(user_id=user_id))
            erased = await repositories.erasures.find(user_id=user_id)
            counts = await repositories.person_data.counts(user_id=user_id)
        judgement = await self._judge(user)
        if erased is None:
            state = "refused" if judgement.held_in_person else "planned"
        else:
            state = "waiting" if erased.finished_at is None else "finished"
        name_kept = judgement.name_kept if erased is None else erased.name_kept
        return ErasureReport(
            user_id=user_id,
            state=state,
            pseudonym=None if erased is None else erased.pseudonym,
            name_kept=name_kept,
            removed=[] if state == "refused" else removed(counts, name=name_kept is None),
            kept=judgement.kept(),
        )

    async def erase(self, *, user_id: int, reason: str, asked_by: str) -> ErasureReport:
        """There is no way back. Who was erased before is looked at again, as the background job does.

        Raises NotFound, Conflict (a legal hold on the person), Unavailable.
        """
        planned = await self.report(user_id=user_id)
        if planned.state == "refused":
            raise Conflict(reason="legal_hold")
        if planned.state == "planned":
            await self._begin(user_id, reason, asked_by, planned.name_kept)
        await self._go_on(user_id)
        after = await self.report(user_id=user_id)
        return after if planned.state != "planned" else _with_removed(after, planned)

    async def step(self, bookmark: str | None) -> str | None:
        """services.jobs.Step: what waits is looked at again, one person after the other."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.erasures.page(after_id=int(bookmark or 0), unfinished=True, limit=1)
        if not rows:
            return None
        await self._go_on(rows[0].user_id)
        return str(rows[0].id)

    async def identity(self, *, user_id: int) -> Identity:
        """Who it was, while a record of theirs is kept. Raises NotFound once nobody knows any more."""
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.erasures.find(user_id=user_id)
        if row is None or row.finished_at is not None:
            raise NotFound
        return self._opened(row)

    async def _judge(self, user: UserRow) -> Judgement:
        async with self._unit_of_work.reading() as repositories:
            held = await repositories.person_data.is_held(user_id=user.id)
            titles = await repositories.person_data.held_titles(user_id=user.id)
        judgement = Judgement(role=user.role, days=self._days, now=self._now(), held_in_person=held, held_titles=titles)
        after = 0
        while True:
            async with self._unit_of_work.reading() as repositories:
                page = await repositories.person_data.conversations(user_id=user.id, after_id=after, limit=PAGE)
            for row in page:
                judgement.see(row)
            if len(page) < PAGE:
                return judgement
            after = page[-1].id

    async def _begin(self, user_id: int, reason: str, asked_by: str, name_kept: str | None) -> None:
        """The way in and the name, in one transaction; who was connected is cut off."""
        pseudonym = secrets.token_hex(4)
        async with self._unit_of_work.transaction() as repositories:
            user = _there(await repositories.users.lock(user_id=user_id))
            if await repositories.person_data.is_held(user_id=user_id):
                raise Conflict(reason="legal_hold")
            await repositories.erasures.insert(self._new(user, pseudonym, reason, asked_by, name_kept))
            await repositories.erasures.erase_user(user_id=user_id, username=f"{FIRST_NAME.lower()}-{pseudonym}")
            if name_kept is None:
                await self._rename(repositories, user_id, pseudonym)
            ended = await repositories.sessions.end_all(user_id=user_id, reason="erased")
            links = await repositories.person_data.end_links(user_id=user_id)
        self._publisher.publish(SessionsEnded(user_id=user_id, session_ids=ended))
        self._publisher.publish(UserDisabled(user_id=user_id))
        self._tell_links(links)

    async def _go_on(self, user_id: int) -> None:
        """All that can be done now; the same again does no harm."""
        await self._forget(user_id)
        async with self._unit_of_work.reading() as repositories:
            user = _there(await repositories.users.find(user_id=user_id))
            row = await repositories.erasures.find(user_id=user_id)
        if row is None or row.finished_at is not None:
            return
        judgement = await self._judge(user)
        name_kept = judgement.name_kept
        renamed = row.name_kept is not None and name_kept is None
        async with self._unit_of_work.transaction() as repositories:
            if renamed:
                await self._rename(repositories, user_id, row.pseudonym)
            # Once renamed the name is nowhere but in the identity: a hold that comes later finds it there.
            await repositories.erasures.settle(
                erasure_id=row.id,
                name_kept=name_kept if row.name_kept is not None else None,
                finished=not judgement.anything_kept and not judgement.held_in_person,
            )
        if renamed:
            self._publisher.publish(UserChanged(user_id=user_id))

    async def _forget(self, user_id: int) -> None:
        await self._bit_by_bit(lambda data: data.forget_found(user_id=user_id, limit=ROWS_AT_ONCE))
        await self._bit_by_bit(lambda data: data.forget_notifications(user_id=user_id, limit=ROWS_AT_ONCE))
        async with self._unit_of_work.transaction() as repositories:
            await repositories.person_data.forget_ways_to_tell(user_id=user_id)
            await repositories.person_data.forget_habits(user_id=user_id)
            await repositories.person_data.forget_titles(user_id=user_id)
            await repositories.person_data.empty_sessions(user_id=user_id)
        await self._files.forget(user_id)

    async def _bit_by_bit(self, forget: Callable[[PersonDataRepository], Awaitable[int]]) -> None:
        gone = ROWS_AT_ONCE
        while gone == ROWS_AT_ONCE:
            async with self._unit_of_work.transaction() as repositories:
                gone = await forget(repositories.person_data)

    async def _rename(self, repositories: Repositories, user_id: int, pseudonym: str) -> None:
        await repositories.erasures.rename_user(user_id=user_id, first_name=FIRST_NAME, last_name=pseudonym.upper())

    def _new(self, user: UserRow, pseudonym: str, reason: str, asked_by: str, name_kept: str | None) -> NewErasure:
        wrapped, identity_key = self._cipher.new_data_key(), self._cipher.new_message_key()
        text = json.dumps([user.external_id, user.username, user.first_name, user.last_name, user.email])
        identity = self._cipher.encrypt(
            self._cipher.unwrap(wrapped.key_id, wrapped.blob),
            conversation_id=NO_CONVERSATION,
            sender_id=user.id,
            message_key=identity_key,
            version=0,
            text=text,
        )
        return NewErasure(
            user_id=user.id,
            pseudonym=pseudonym,
            reason=reason.strip(),
            asked_by=asked_by.strip(),
            name_kept=name_kept,
            identity=identity,
            identity_key=identity_key,
            key_id=wrapped.key_id,
            data_key=wrapped.blob,
        )

    def _opened(self, row: ErasureRow) -> Identity:
        text = self._cipher.decrypt(
            self._cipher.unwrap(row.key_id, row.data_key),
            row.identity,
            conversation_id=NO_CONVERSATION,
            sender_id=row.user_id,
            message_key=row.identity_key,
            version=0,
        )
        return Identity(*json.loads(text))

    def _tell_links(self, links: list[EndedLink]) -> None:
        for link in links:
            self._publisher.publish(CareLinkChanged(patient_id=link.patient_id, doctor_id=link.doctor_id))


def _there(user: UserRow | None) -> UserRow:
    if user is None:
        raise NotFound
    return user


def _with_removed(after: ErasureReport, planned: ErasureReport) -> ErasureReport:
    """What there was before; afterwards there is nothing to count."""
    return ErasureReport(
        user_id=after.user_id,
        state=after.state,
        pseudonym=after.pseudonym,
        name_kept=after.name_kept,
        removed=planned.removed,
        kept=after.kept,
    )
