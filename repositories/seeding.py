"""Made-up people in bulk, for the demo clinic and for measuring."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repositories.contexts import ContextName
from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class NewUser:
    username: str
    first_name: str
    last_name: str
    role: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class SeededUser:
    id: int
    username: str
    role: str
    external_id: str | None
    has_password: bool


@dataclass(frozen=True, slots=True)
class NewPair:
    kind: str
    first_user_id: int
    second_user_id: int
    key_id: str
    data_key: bytes
    context: ContextName | None = None


@dataclass(frozen=True, slots=True)
class SeededConversation:
    id: int
    first_user_id: int
    second_user_id: int
    key_id: str
    data_key: bytes
    last_seq: int


class SeedingRepository:
    """Each method may be called again with the same and then adds nothing."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def users(self, users: Sequence[NewUser]) -> dict[str, SeededUser]:
        """By user name, those included that were there before."""
        await self._statements.run(
            "seed_users",
            usernames=[user.username for user in users],
            external_ids=[user.external_id for user in users],
            first_names=[user.first_name for user in users],
            last_names=[user.last_name for user in users],
            roles=[user.role for user in users],
        )
        found = await self._statements.many(
            "seeded_users", SeededUser, usernames=[user.username.lower() for user in users]
        )
        return {user.username: user for user in found}

    async def password(self, *, user_id: int, password_hash: str) -> None:
        await self._statements.run("seed_password", user_id=user_id, password_hash=password_hash)

    async def links(self, pairs: Sequence[tuple[int, int]]) -> None:
        """(patient, doctor) pairs."""
        await self._statements.run(
            "seed_links", patient_ids=[pair[0] for pair in pairs], doctor_ids=[pair[1] for pair in pairs]
        )

    async def conversations(self, pairs: Sequence[NewPair]) -> list[SeededConversation]:
        """In the order of the pairs."""
        first_ids = [pair.first_user_id for pair in pairs]
        second_ids = [pair.second_user_id for pair in pairs]
        contexts = {
            "context_types": [None if pair.context is None else pair.context.type for pair in pairs],
            "context_ids": [None if pair.context is None else pair.context.id for pair in pairs],
        }
        await self._statements.run(
            "seed_conversations",
            kinds=[pair.kind for pair in pairs],
            first_ids=first_ids,
            second_ids=second_ids,
            **contexts,
            key_ids=[pair.key_id for pair in pairs],
            data_keys=[pair.data_key for pair in pairs],
        )
        return await self._statements.many(
            "seeded_conversations", SeededConversation, first_ids=first_ids, second_ids=second_ids, **contexts
        )

    async def sessions(self, sessions: Sequence[tuple[UUID, int]], *, seconds: float) -> None:
        """(session, user) pairs, good for so long from now."""
        await self._statements.run(
            "seed_sessions",
            session_ids=[session_id for session_id, _ in sessions],
            user_ids=[user_id for _, user_id in sessions],
            seconds=seconds,
        )

    async def backdate(self, *, conversation_id: int, minutes: Sequence[int]) -> None:
        """How long ago each message was sent, in the order of seq."""
        await self._statements.run("backdate_messages", conversation_id=conversation_id, minutes=list(minutes))
        await self._statements.run("backdate_conversation", conversation_id=conversation_id)

    async def has_questions(self) -> bool:
        """Whether anything was ever asked in the forum."""
        return bool(await self._statements.value("has_questions"))

    async def backdate_question(self, *, question_id: int, minutes: int, answer_minutes: Sequence[int]) -> None:
        """How long ago it was asked, and each of its answers given, in their order."""
        await self._statements.run(
            "backdate_question", question_id=question_id, minutes=minutes, answer_minutes=list(answer_minutes)
        )
