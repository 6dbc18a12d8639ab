"""The demo clinic's passwords: whoever is told one can log in with it, whatever became of earlier starts."""

from pathlib import Path

import pytest

from repositories.unit_of_work import Database
from server.security.cipher import AesContentCipher
from server.seeding.demo import DemoPasswords, seed_demo
from tests.support.postgres import ScratchDatabase, connected, truncate


class Stopped(Exception):
    """The server was told to stop."""


class Hasher:
    """Of `most` passwords; then it is stopped."""

    def __init__(self, most: int = 1000) -> None:
        self._left = most

    async def hash(self, password: str) -> str:
        self._left -= 1
        if self._left < 0:
            raise Stopped
        return f"hash of {password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash == f"hash of {password}"

    def needs_rehash(self, password_hash: str) -> bool:
        return False

    def check_policy(self, password: str, username: str, *, field: str = "password") -> None: ...


class Demo:
    def __init__(self, database: Database, cipher: AesContentCipher, owner_url: str, folder: Path) -> None:
        self._database = database
        self._cipher = cipher
        self._owner_url = owner_url
        self._passwords = DemoPasswords(folder)

    async def seed(self, hasher: Hasher) -> dict[str, str]:
        return await seed_demo(self._database, cipher=self._cipher, hasher=hasher, passwords=self._passwords)

    def hashes(self) -> dict[str, str]:
        with connected(self._owner_url) as cursor:
            cursor.execute("SELECT username, password_hash FROM users WHERE password_hash IS NOT NULL")
            return {str(name): str(text) for name, text in cursor.fetchall()}


@pytest.fixture
def demo(database: Database, cipher: AesContentCipher, clean_database: ScratchDatabase, tmp_path: Path) -> Demo:
    return Demo(database, cipher, clean_database.owner_url, tmp_path)


def hashed(passwords: dict[str, str]) -> dict[str, str]:
    return {name: f"hash of {password}" for name, password in passwords.items()}


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def test_a_first_start_that_was_interrupted_is_made_good_by_the_next(demo: Demo) -> None:
    with pytest.raises(Stopped):
        await demo.seed(Hasher(most=3))
    told = await demo.seed(Hasher())
    assert len(told) > 5
    assert demo.hashes() == hashed(told)


async def test_a_file_that_was_never_written_to_its_end_is_made_anew(demo: Demo, tmp_path: Path) -> None:
    (tmp_path / "demo.json").touch()
    told = await demo.seed(Hasher())
    assert len(told) > 5
    assert demo.hashes() == hashed(told)
    assert modes(tmp_path) == {"demo.json": 0o600}


async def test_another_database_beside_the_same_folder_has_the_same_passwords(
    demo: Demo, clean_database: ScratchDatabase
) -> None:
    told = await demo.seed(Hasher())
    truncate(clean_database)
    assert await demo.seed(Hasher()) == told
    assert demo.hashes() == hashed(told)


async def test_a_password_that_somebody_changed_stays(demo: Demo, clean_database: ScratchDatabase) -> None:
    told = await demo.seed(Hasher())
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE users SET password_hash = 'their own' WHERE username = 'amelie'")
    assert await demo.seed(Hasher(most=0)) == told
    assert demo.hashes() == {**hashed(told), "amelie": "their own"}
