"""`seed --pairs N`: linked patient/doctor pairs with a conversation and tokens each, for benchmarks and tests."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

from repositories.seeding import NewPair, NewUser, SeededConversation, SeededUser
from repositories.unit_of_work import Database
from services.principal import DOCTOR, PATIENT
from services.security_ports import AccessTokens, ContentCipher

CHUNK = 250
# Sessions of seeded people are named after them, so that the same N twice adds nothing.
SESSIONS = uuid.UUID("5b0f2c53-52c5-4bd6-9f6c-0d4d8c1f1c11")


async def seed_pairs(
    database: Database, *, cipher: ContentCipher, tokens: AccessTokens, count: int, ttl: float
) -> AsyncIterator[dict[str, Any]]:
    """One object for each pair, as the contract has it."""
    for start in range(1, count + 1, CHUNK):
        for pair in await _seed_chunk(database, cipher, tokens, range(start, min(start + CHUNK, count + 1)), ttl):
            yield pair


async def _seed_chunk(
    database: Database, cipher: ContentCipher, tokens: AccessTokens, numbers: range, ttl: float
) -> list[dict[str, Any]]:
    async with database.transaction() as repositories:
        users = await repositories.seeding.users([user for number in numbers for user in _people(number)])
        pairs = [(users[_name(PATIENT, number)], users[_name(DOCTOR, number)]) for number in numbers]
        await repositories.seeding.links([(patient.id, doctor.id) for patient, doctor in pairs])
        conversations = await repositories.seeding.conversations(
            [_new_pair(cipher, patient, doctor) for patient, doctor in pairs]
        )
        sessions = [(uuid.uuid5(SESSIONS, user.username), user.id) for pair in pairs for user in pair]
        await repositories.seeding.sessions(sessions, seconds=ttl)
    return [
        _as_json(tokens, ttl, conversation, patient, doctor)
        for conversation, (patient, doctor) in zip(conversations, pairs, strict=True)
    ]


def _name(role: str, number: int) -> str:
    return f"pair-{'patient' if role == PATIENT else 'doctor'}-{number:06d}"


def _people(number: int) -> list[NewUser]:
    return [
        NewUser(_name(PATIENT, number), "Patient", f"Number {number}", PATIENT),
        NewUser(_name(DOCTOR, number), "Doctor", f"Number {number}", DOCTOR),
    ]


def _new_pair(cipher: ContentCipher, patient: SeededUser, doctor: SeededUser) -> NewPair:
    key = cipher.new_data_key()
    return NewPair("care", patient.id, doctor.id, key.key_id, key.blob)


def _as_json(
    tokens: AccessTokens, ttl: float, conversation: SeededConversation, patient: SeededUser, doctor: SeededUser
) -> dict[str, Any]:
    def person(user: SeededUser) -> dict[str, Any]:
        session_id = str(uuid.uuid5(SESSIONS, user.username))
        token, _ = tokens.issue(user.id, user.role, session_id, ttl)
        return {"id": user.id, "token": token}

    return {"conversationId": conversation.id, "patient": person(patient), "doctor": person(doctor)}
