"""An installation under test: one database, shared secrets, any number of nodes."""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.command_host import HostedServer, hosted_command
from tests.support.postgres import ScratchDatabase
from tests.support.processes import ServerProcess, json_lines

WITHOUT_LIMITS = {
    "MESSAGE_RATE": "1000000",
    "MESSAGE_BURST": "1000000",
    "EVENT_RATE": "1000000",
    "UPLOAD_RATE": "0",
    "EXPORT_RATE": "0",
    "POST_RATE": "0",
}
# What guards a password takes a third of the CPU of tests that make many people.
CHEAP_PASSWORDS = {"PASSWORD_COST": "small"}


class Site:
    """`environment` is what all its nodes share."""

    def __init__(self, database: ScratchDatabase, folder: Path, **environment: str) -> None:
        self.database = database
        self._folder = folder
        self.environment: dict[str, str] = {
            "DATABASE_URL": database.server_url,
            "MIGRATE_DATABASE_URL": database.owner_url,
            "DATA_DIR": str(folder / "var"),
            "JWT_SECRET": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": "k1:" + base64.b64encode(os.urandom(32)).decode(),
            "LOG_FORMAT": "json",
            **WITHOUT_LIMITS,
            **CHEAP_PASSWORDS,
            **environment,
        }
        self.nodes: list[ServerProcess] = []

    def node(self, *, ready: bool = True, **environment: str) -> ServerProcess:
        """Started."""
        return self._added(HostedServer, environment).start(ready=ready)

    def node_from_nothing(self, **environment: str) -> ServerProcess:
        """As it is started elsewhere, for those who look at the process itself."""
        return self._added(ServerProcess, environment).start()

    def _added(self, kind: type[ServerProcess], environment: dict[str, str]) -> ServerProcess:
        self.nodes.append(kind({**self.environment, **environment}, folder=self._folder))
        return self.nodes[-1]

    def duo(self, **environment: str) -> tuple[ServerProcess, ServerProcess]:
        """Two, started at the same time; they need a bus to know of each other."""
        first, second = [self.node(ready=False, **environment) for _ in range(2)]
        first.await_ready()
        second.await_ready()
        return first, second

    def pairs(self, count: int) -> list[dict[str, Any]]:
        """As `seed --pairs N --json` gives them."""
        return json_lines(self.command("seed", "--pairs", str(count), "--json"))

    def command(self, *arguments: str, **environment: str) -> str:
        """What it printed. Raises RuntimeError when it failed."""
        done = hosted_command(*arguments, environment={**self.environment, **environment})
        if done.returncode != 0:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def administrator(self) -> str:
        """The token of a new one."""
        name = f"admin-{secrets.token_hex(4)}"
        said = self.command(
            "user", "add", "--username", name, "--role", "admin", "--first-name", "A", "--last-name", "D"
        )
        [user_id] = re.findall(r"with id (\d+)", said)
        return self.command("token", "--user", user_id, "--ttl", "12h").strip()

    def stop(self) -> None:
        """All at the same time."""
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            node.stop()


def headers(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}
