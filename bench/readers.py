"""`python -m bench.readers`: 500 readers of one question, and how soon the last of them hears of a vote.

The time is from the request of the vote, over REST, to the event at the last reader; with two nodes half of the readers are on
the one that hears of it through PostgreSQL. A vote that reaches somebody twice, or not at all, makes the run void.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import uvloop

from bench.client import Void, dial_all, is_ok
from bench.compare import database_in_a_folder
from bench.contenders import Contender, ContenderError
from bench.entrants import enter, free_port
from server.postgres.errors import EmbeddedPostgresError

PAIRS, PATIENCE, GOAL_MS = 100, 20.0, 100.0
EVENT = b'42["vote_changed"'
QUESTION = {"title": "How many read this question?", "body": "All of them **at once**.", "tags": ["bench"]}


@contextmanager
def nodes(count: int) -> Iterator[tuple[list[Contender], list[dict[str, Any]]]]:
    """That run, and the seeded pairs. Raises ContenderError, EmbeddedPostgresError."""
    with database_in_a_folder() as (folder, postgres), ExitStack() as running:
        first = enter("ours", postgres, folder=folder, pairs=PAIRS)
        shared = {**first.environment, "REQUEST_RATE": "0", "FANOUT": "postgres" if count > 1 else "memory"}
        first.seed()
        contenders = [
            replace(first, name=f"node{number}", environment={**shared, "PORT": free_port()})
            for number in range(1, count + 1)
        ]
        for contender in contenders:
            running.enter_context(contender.running())
        yield contenders, [json.loads(line) for line in first.pairs.read_text("utf-8").splitlines()]


class Readers:
    """Count what comes to each; raises Void when somebody hears of a vote twice, or not at all."""

    def __init__(self, count: int) -> None:
        self._got = [0] * count
        self._goal = self._left = 0
        self._reached = asyncio.Event()

    def listener(self, number: int) -> Callable[[bytes], None]:
        def heard(payload: bytes) -> None:
            if not payload.startswith(EVENT):
                return
            self._got[number] += 1
            self._left -= self._got[number] == self._goal
            if self._left == 0:
                self._reached.set()

        return heard

    async def all_have(self, votes: int) -> None:
        self._goal, self._left = votes, sum(got < votes for got in self._got)
        self._reached.clear()
        try:
            await asyncio.wait_for(self._reached.wait(), PATIENCE)
        except TimeoutError:
            raise Void(f"{self._left} readers did not hear of vote {votes}") from None
        if max(self._got) > votes:
            raise Void("somebody heard of a vote twice")


async def measure(ports: Sequence[int], pairs: Sequence[dict[str, Any]], readers: int, votes: int) -> list[float]:
    """Seconds of each vote, sorted."""
    asker, voter = pairs[0]["patient"]["token"], pairs[1]["patient"]["token"]
    tokens = [pair["doctor"]["token"] for pair in pairs]
    seen, taken = Readers(readers), list[float]()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{ports[0]}") as http:
        question = (await _post(http, "/api/questions", asker, QUESTION))["question"]["id"]
        clients = []
        for turn, port in enumerate(ports):
            share = [tokens[number % len(tokens)] for number in range(turn, readers, len(ports))]
            clients += await dial_all(f"ws://127.0.0.1:{port}", share)
        for ack in await asyncio.gather(*(one.call("join_question", {"questionId": question}) for one in clients)):
            if not is_ok(ack):
                raise Void(f"join_question was refused: {ack.decode()}")
        for number, client in enumerate(clients):
            client.on_event = seen.listener(number)
        for turn in range(1, votes + 1):
            began = time.perf_counter()
            vote = {"value": 1 if turn % 2 else -1}
            await asyncio.gather(_post(http, f"/api/questions/{question}/vote", voter, vote), seen.all_have(turn))
            taken.append(time.perf_counter() - began)
    return sorted(taken[votes // 10 :])


async def _post(http: aiohttp.ClientSession, path: str, token: str, body: dict[str, Any]) -> Any:
    async with http.post(path, json=body, headers={"Authorization": f"Bearer {token}"}) as reply:
        if reply.status not in (200, 201):
            raise Void(f"{path} was answered {reply.status}")
        return await reply.json()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.readers", description=__doc__)
    parser.add_argument("--readers", type=int, default=500)
    parser.add_argument("--votes", type=int, default=200)
    parser.add_argument("--nodes", type=int, action="append", help="1 and 2 when it is not said")
    args = parser.parse_args()
    missed = 0
    for count in args.nodes or (1, 2):
        try:
            with nodes(count) as (contenders, pairs):
                ports = [contender.port for contender in contenders]
                taken = uvloop.run(measure(ports, pairs, args.readers, args.votes))
        except (Void, ContenderError, EmbeddedPostgresError) as error:
            sys.exit(f"{count} nodes: {error}")
        p50, p99 = 1000 * statistics.median(taken), 1000 * taken[int(len(taken) * 0.99) - 1]
        missed += p99 > GOAL_MS
        print(
            f"{args.readers} readers on {count} node(s): a vote has reached all in p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
