import asyncio
import statistics
import threading
import time
from collections.abc import AsyncIterator

import argon2
import pytest

from server.security.passwords import COSTS, Argon2PasswordHasher, Cost
from server.settings import SettingsError, read_settings
from services.errors import Unavailable, ValidationFailed

FAST = Cost(passes=1, memory_kib=64, lanes=1)
SLOW = Cost(passes=2, memory_kib=16_384, lanes=1)


@pytest.fixture
async def hasher() -> AsyncIterator[Argon2PasswordHasher]:
    hasher = Argon2PasswordHasher(cost=FAST)
    yield hasher
    hasher.close()


async def test_only_the_right_password_fits(hasher: Argon2PasswordHasher) -> None:
    stored = await hasher.hash("correct-horse-7")
    assert stored.startswith("$argon2id$")
    assert await hasher.verify(stored, "correct-horse-7")
    assert not await hasher.verify(stored, "correct-horse-8")
    assert not await hasher.verify(None, "correct-horse-7")
    assert await hasher.hash("correct-horse-7") != stored


async def test_any_text_can_be_tried(hasher: Argon2PasswordHasher) -> None:
    stored = await hasher.hash("Ame\u0301lie-caf\u00e9")
    assert await hasher.verify(stored, "Am\u00e9lie-cafe\u0301")
    for text in ("", "\0", "\ud800", "x" * 100_000):
        assert not await hasher.verify(stored, text)


async def test_a_damaged_hash_lets_nobody_in(hasher: Argon2PasswordHasher, caplog: pytest.LogCaptureFixture) -> None:
    assert not await hasher.verify("$argon2id$v=19$m=64,t=1,p=1$damaged", "correct-horse-7")
    assert not await hasher.verify("plain", "plain")
    assert "cannot be read" in caplog.text
    assert "plain" not in caplog.text


async def test_an_unknown_user_costs_as_much_as_a_known_one() -> None:
    hasher = Argon2PasswordHasher(cost=SLOW)
    stored = await hasher.hash("correct-horse-7")
    known, unknown = [], []
    for _ in range(7):
        known.append(await _seconds(hasher, stored))
        unknown.append(await _seconds(hasher, None))
    hasher.close()
    assert 0.5 < statistics.median(unknown) / statistics.median(known) < 2
    assert min(unknown) > 0.003


async def _seconds(hasher: Argon2PasswordHasher, stored: str | None) -> float:
    """Of CPU in all threads: by the clock it says how busy the machine is with other tests, too."""
    started = time.process_time()
    assert not await hasher.verify(stored, "wrong password")
    return time.process_time() - started


async def test_an_unknown_user_is_really_verified(
    hasher: Argon2PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | bytes] = []
    real = argon2.PasswordHasher.verify

    def spy(self: argon2.PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        seen.append(stored)
        return bool(real(self, stored, password))

    monkeypatch.setattr(argon2.PasswordHasher, "verify", spy)
    assert not await hasher.verify(None, "x")
    assert not hasher.needs_rehash(str(seen[0]))


async def test_an_older_cost_is_renewed(hasher: Argon2PasswordHasher) -> None:
    assert not hasher.needs_rehash(await hasher.hash("correct-horse-7"))
    dearer = Argon2PasswordHasher(cost=SLOW)
    assert dearer.needs_rehash(await hasher.hash("correct-horse-7"))
    dearer.close()


def test_the_costs_are_those_of_rfc_9106_and_of_owasp() -> None:
    """Whatever an operator chooses is no less than what is advised."""
    assert {name: (cost.memory_kib, cost.passes, cost.lanes) for name, cost in COSTS.items()} == {
        "standard": (65_536, 3, 4),
        "small": (19_456, 2, 1),
    }


@pytest.mark.parametrize("name", COSTS)
def test_each_cost_can_be_chosen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD_COST", name)
    assert read_settings().password_cost == name


def test_no_other_cost_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD_COST", "none")
    with pytest.raises(SettingsError, match=f"PASSWORD_COST: must be one of {', '.join(COSTS)}$"):
        read_settings()


class Held:
    """Lets hashing begin, then holds it until told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = threading.Event()
        self.started = threading.Semaphore(0)
        self.running = self.most = 0
        self._lock = threading.Lock()
        monkeypatch.setattr(argon2.PasswordHasher, "hash", self.hash)

    def hash(self, *_: object) -> str:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.started.release()
        self.go_on.wait(10)
        with self._lock:
            self.running -= 1
        return "hashed"


async def test_few_run_some_wait_and_the_rest_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    hasher = Argon2PasswordHasher(cost=FAST, at_once=2, max_waiting=3)
    taken = [asyncio.create_task(hasher.hash("x")) for _ in range(5)]
    await asyncio.to_thread(held.started.acquire)
    await asyncio.to_thread(held.started.acquire)
    with pytest.raises(Unavailable) as refused:
        await hasher.hash("x")
    assert refused.value.retry_after
    held.go_on.set()
    assert await asyncio.gather(*taken) == ["hashed"] * 5
    assert held.most == 2
    assert await hasher.hash("x") == "hashed"
    hasher.close()


async def test_who_gives_up_keeps_the_place_until_the_thread_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    hasher = Argon2PasswordHasher(cost=FAST, at_once=1, max_waiting=0)
    impatient = asyncio.create_task(hasher.hash("x"))
    await asyncio.to_thread(held.started.acquire)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    with pytest.raises(Unavailable):
        await hasher.hash("x")
    held.go_on.set()
    await asyncio.wrap_future(hasher._threads.submit(lambda: None))  # behind it in the only thread
    assert await hasher.hash("x") == "hashed"
    hasher.close()


async def test_hashing_leaves_the_loop_alone(hasher: Argon2PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    hashing = asyncio.create_task(hasher.hash("x"))
    await asyncio.to_thread(held.started.acquire)
    assert not hashing.done()
    held.go_on.set()
    assert await hashing == "hashed"


@pytest.mark.parametrize(
    ("password", "trouble"),
    [
        ("", "too_short:10"),
        ("nine-char", "too_short:10"),
        ("x-" * 101, "too_long:200"),
        ("Dr.Martin-1", "weak_password"),
        ("dr.martin-1", "weak_password"),
        ("aaaaaaaaaaaa", "weak_password"),
        ("1212121212", "weak_password"),
        ("1234567890", "weak_password"),
        ("AZERTYUIOP", "weak_password"),
        ("MotDePasse2024!", "weak_password"),
        ("123password", "weak_password"),
        ("surrogate-\ud800", "not_text"),
    ],
)
def test_a_poor_password_is_refused(password: str, trouble: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        Argon2PasswordHasher(cost=FAST).check_policy(password, "dr.martin-1")
    assert refused.value.fields == {"password": trouble}
    assert password == "" or password not in repr(refused.value)


def test_the_field_can_be_named() -> None:
    with pytest.raises(ValidationFailed) as refused:
        Argon2PasswordHasher(cost=FAST).check_policy("short", "x", field="newPassword")
    assert refused.value.fields == {"newPassword": "too_short:10"}


@pytest.mark.parametrize(
    "password", ["moss-opal-reef-42", "ten chars!", "日本語のパスワード十文字", "🙏" * 7 + "abc", "x1y2" * 50]
)
def test_a_good_password_is_taken(password: str) -> None:
    Argon2PasswordHasher(cost=FAST).check_policy(password, "amelie")
