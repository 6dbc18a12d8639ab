"""`seed --demo` and `serve --demo`: the clinic of clinic.py, put into the database once."""

import asyncio
import json
import secrets
from pathlib import Path

from repositories.messages import Draft
from repositories.repositories import Repositories
from repositories.seeding import NewPair, SeededConversation, SeededUser
from repositories.unit_of_work import Database
from server.seeding.clinic import CARE_LINKS, SUBJECTS, THREADS, USERS, Line, Subject, Thread
from server.seeding.forum import seed_forum
from server.seeding.mentors import OTHER_MENTORS, PROFILES, TALKS
from services.context_titles import ContextTitles
from services.security_ports import ContentCipher, PasswordHasher

WORDS = (  # noqa: SIM905  # a list of forty strings reads worse
    "amber basil cedar coral daisy delta ember fern flint ginger hazel indigo ivory jade lemon lilac lotus maple mint "
    "moss nutmeg olive onyx opal pearl pine plum quartz raven reef sage sand slate spruce sunny teal topaz tulip velvet willow"
).split()


EVERYBODY = (*USERS, *OTHER_MENTORS)


class DemoRefused(Exception):
    """The database is no place for the demo clinic."""


class DemoPasswords:
    """Made once for each installation and kept beside its data: well-known ones would be a door in a real database."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "demo.json"

    def read(self) -> dict[str, str]:
        """By user name; empty when the clinic was never seeded from this folder."""
        text = self._path.read_text("utf-8") if self._path.exists() else ""
        found: dict[str, str] = json.loads(text or "{}")  # empty: a start that was killed left it so
        return found

    def make(self) -> dict[str, str]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        passwords = {user.username: _password() for user in USERS}
        # Under another name first: whoever is killed here leaves nothing that looks like passwords.
        draft = self._path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(passwords, indent=1), "utf-8")
        draft.replace(self._path)
        return passwords


def _password() -> str:
    words = [secrets.choice(WORDS) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(90) + 10)])


async def seed_demo(
    database: Database, *, cipher: ContentCipher, hasher: PasswordHasher, passwords: DemoPasswords
) -> dict[str, str]:
    """Returns the passwords by user name. What is there already stays as it is; a second call adds nothing.

    Raises DemoRefused when somebody else has one of its user names: their password is not ours to set.
    """
    async with database.transaction() as repositories:
        users = await repositories.seeding.users(EVERYBODY)
        _require_ours(users)
    known = passwords.read()
    # Of what is known, too, whoever has none: the first time was interrupted, or this is another database.
    wanted = {name: word for name, word in known.items() if not users[name].has_password} if known else passwords.make()
    hashes = dict(zip(wanted, await asyncio.gather(*map(hasher.hash, wanted.values())), strict=True))
    async with database.transaction() as repositories:
        for name, password_hash in hashes.items():
            await repositories.seeding.password(user_id=users[name].id, password_hash=password_hash)
        await repositories.seeding.links([(users[patient].id, users[doctor].id) for patient, doctor in CARE_LINKS])
        for subject in SUBJECTS:
            await _put(repositories, cipher, users, subject)
        for profile in PROFILES:
            await repositories.mentors.change(profile.change, user_id=users[profile.username].id)
        talks = (*THREADS, *TALKS)
        conversations = await repositories.seeding.conversations([_pair(cipher, users, thread) for thread in talks])
        for thread, conversation in zip(talks, conversations, strict=True):
            if conversation.last_seq == 0:
                await _write(repositories, cipher, users, thread, conversation)
    await seed_forum(database, {name: user.id for name, user in users.items()})
    return passwords.read()


def _require_ours(users: dict[str, SeededUser]) -> None:
    taken = [user.username for user in EVERYBODY if users[user.username].external_id != user.external_id]
    if taken:
        raise DemoRefused(f"The demo clinic needs user names that this database gave to others: {', '.join(taken)}.")


def _pair(cipher: ContentCipher, users: dict[str, SeededUser], thread: Thread) -> NewPair:
    key = cipher.new_data_key()
    return NewPair(thread.kind, users[thread.first].id, users[thread.second].id, key.key_id, key.blob, thread.context)


async def _put(
    repositories: Repositories, cipher: ContentCipher, users: dict[str, SeededUser], subject: Subject
) -> None:
    await repositories.contexts.insert(
        subject.name,
        version=subject.version,
        patient_id=users[subject.patient].id,
        doctor_id=users[subject.doctor].id,
        sealed=ContextTitles(cipher=cipher).seal(subject.title, version=subject.version),
        closed=False,
    )


async def _write(
    repositories: Repositories,
    cipher: ContentCipher,
    users: dict[str, SeededUser],
    thread: Thread,
    conversation: SeededConversation,
) -> None:
    await repositories.messages.append(
        [_draft(cipher, users[line.sender], line, conversation) for line in thread.lines]
    )
    await repositories.seeding.backdate(
        conversation_id=conversation.id, minutes=[line.minutes_ago for line in thread.lines]
    )
    for name, read in zip((thread.first, thread.second), thread.read_by, strict=True):
        await repositories.marks.move(conversation_id=conversation.id, user_id=users[name].id, kind="read", up_to=read)


def _draft(cipher: ContentCipher, sender: SeededUser, line: Line, conversation: SeededConversation) -> Draft:
    data_key = cipher.unwrap(conversation.key_id, conversation.data_key)
    message_key, content = cipher.seal_new(data_key, conversation.id, sender.id, line.text)
    return Draft(
        conversation_id=conversation.id,
        sender_id=sender.id,
        message_key=message_key,
        client_message_id=None,
        type="text",
        content=content,
        is_urgent=line.is_urgent,
        requires_response=line.requires_response,
        action=line.action,
        reply_to_id=None,
    )
