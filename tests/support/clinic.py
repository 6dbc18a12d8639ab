"""A server with the demo clinic, seen from outside: people for each test, their tokens, and tokens that are not theirs."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from server.notify.vapid import new_private_key
from tests.support.forged_tokens import Victim
from tests.support.postgres import DatabaseServer, ScratchDatabase
from tests.support.processes import ServerProcess
from tests.support.site import Site
from tests.support.token_forge import public_pem

PAIRS_AT_ONCE = 40
HOST_ISSUER, HOST_AUDIENCE = "https://host.example", "colloque-host"
# Limits have tests of their own; here they would only make a quick test look like an attack.
UNLIMITED = dict.fromkeys(
    (
        "UPLOAD_RATE",
        "POST_RATE",
        "EXPORT_RATE",
        "MESSAGE_RATE",
        "EVENT_RATE",
        "REQUEST_RATE",
        "LOGIN_RATE",
        "MAX_SOCKETS_PER_USER",
    ),
    "0",
)

# What ends by itself ends sooner, so that a test need not wait for it.
QUICK = {"TYPING_SECONDS": "1.5", "PRESENCE_GRACE_SECONDS": "1.5"}


@dataclass(frozen=True, slots=True)
class Person:
    """`token` is good for a while and belongs to the session `session_id`."""

    id: int
    role: str
    token: str

    @property
    def session_id(self) -> str:
        return str(jwt.decode(self.token, options={"verify_signature": False})["sid"])


@dataclass(frozen=True, slots=True)
class Pair:
    conversation_id: int
    patient: Person
    doctor: Person


class Clinic:
    """`pairs()` gives people whom no other test has; a test may do to them what it likes."""

    def __init__(self, database: ScratchDatabase, folder: Path, changes: dict[str, str]) -> None:
        self._host_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        host = {
            "HOST_JWT_ISSUER": HOST_ISSUER,
            "HOST_JWT_AUDIENCE": HOST_AUDIENCE,
            "HOST_JWT_PUBLIC_KEY": public_pem(self._host_key),
            "VAPID_PRIVATE_KEY": new_private_key(),
        }
        self._site = Site(database, folder, **{**UNLIMITED, **QUICK, **host, **changes})
        self.database = database
        self.owner_url = database.owner_url
        self.secret = self._site.environment["JWT_SECRET"]
        self.server = ServerProcess(self._site.environment, folder=folder, arguments=("serve", "--demo"))
        self._seeded = 0
        self._pairs: list[Pair] = []

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def log(self) -> str:
        return self.server.log.read_text("utf-8", "replace")

    @contextmanager
    def another_server(self, **changes: str) -> Iterator[str]:
        """The address of one more on the same database, with settings of its own; neither hears of the other."""
        server = ServerProcess({**self._site.environment, **changes}, folder=self.server.log.parent)
        try:
            yield server.start().url
        finally:
            server.stop()

    def pairs(self, count: int) -> list[Pair]:
        while len(self._pairs) < count:
            self._seed()
        taken, self._pairs = self._pairs[:count], self._pairs[count:]
        return taken

    def _seed(self) -> None:
        """The people of `seed --pairs N` have numbers, so that only those above the last N are new."""
        before, self._seeded = self._seeded, self._seeded + PAIRS_AT_ONCE
        self._pairs += [pair_of(row) for row in self._site.pairs(self._seeded)[before:]]

    def token(self, person: Person, *, lives: int) -> str:
        """Another token of the same session, with an end of its own."""
        now = int(time.time())
        return self.victim(person).own(iat=now + min(0, lives - 60), exp=now + lives)

    def victim(self, person: Person) -> Victim:
        return Victim(
            own_secret=self.secret.encode(),
            user_id=person.id,
            role=person.role,
            session_id=person.session_id,
            host_key=self._host_key,
            host_issuer=HOST_ISSUER,
            host_audience=HOST_AUDIENCE,
        )

    def command(self, *arguments: str) -> str:
        """What it printed. Raises RuntimeError when it failed."""
        return self._site.command(*arguments)

    def administrator(self) -> Person:
        """A new one."""
        token = self._site.administrator()
        claims = jwt.decode(token, options={"verify_signature": False})
        return Person(int(claims["sub"]), "admin", token)

    def passwords(self) -> dict[str, str]:
        """Of the demo clinic, by user name."""
        with urllib.request.urlopen(f"{self.url}/api/demo", timeout=10) as answer:
            users = json.loads(answer.read())["users"]
        return {user["username"]: user["password"] for user in users}

    def person(self, username: str) -> Person:
        """Somebody of the demo clinic, in a new session."""
        body = json.dumps({"username": username, "password": self.passwords()[username]}).encode()
        request = urllib.request.Request(f"{self.url}/api/auth/login", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            reply = json.loads(answer.read())
        return Person(reply["user"]["id"], reply["user"]["role"], reply["accessToken"])


def pair_of(row: dict[str, Any]) -> Pair:
    """Of one line of `seed --pairs N --json`."""
    patient, doctor = row["patient"], row["doctor"]
    return Pair(
        row["conversationId"],
        Person(patient["id"], "patient", patient["token"]),
        Person(doctor["id"], "medecin", doctor["token"]),
    )


@contextmanager
def running_clinic(cluster: DatabaseServer, folder: Path, **changes: str) -> Iterator[Clinic]:
    """`changes` to the environment, such as MAX_SOCKETS_PER_USER="2"."""
    with cluster.fresh_database() as database:
        clinic = Clinic(database, folder, changes)
        try:
            clinic.server.start()
            yield clinic
        finally:
            clinic.server.stop()
