"""Two nodes, what they stand on, and wires that can be cut: and what is done to them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from tests.support.postgres import DatabaseServer, frozen, kill_postmaster
from tests.support.processes import ServerProcess
from tests.support.site import Site
from tests.support.tcp_proxy import TcpProxy, tcp_proxy
from tests.support.valkey import Valkey


@dataclass(frozen=True, slots=True)
class House:
    """Clients come by the `gates`, one for each node."""

    site: Site
    nodes: tuple[ServerProcess, ServerProcess]
    gates: tuple[TcpProxy, TcpProxy]
    postgres: DatabaseServer
    valkey: Valkey


@asynccontextmanager
async def house_of(site: Site, postgres: DatabaseServer, valkey: Valkey) -> AsyncIterator[House]:
    site.environment |= {"FANOUT": "redis", "REDIS_URL": valkey.url, "REDIS_CHANNEL": site.database.name}
    nodes = site.duo()
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(tcp_proxy(node.port)) for node in nodes]
        yield House(site, nodes, (first, second), postgres, valkey)


# What is done to the house for so many seconds. `turn` says which node it is this time.
Fault = Callable[[House, int, float], Awaitable[None]]


async def _kill_a_node(house: House, turn: int, seconds: float) -> None:
    node = house.nodes[turn % 2]
    node.kill()
    await asyncio.sleep(seconds)
    await asyncio.to_thread(node.start)


async def _stop_a_node(house: House, turn: int, seconds: float) -> None:
    node = house.nodes[turn % 2]
    node.terminate()
    assert await asyncio.to_thread(node.exit_code, patience=10) == 0
    await asyncio.sleep(seconds)
    await asyncio.to_thread(node.start)


async def _freeze_a_node(house: House, turn: int, seconds: float) -> None:
    with house.nodes[turn % 2].frozen():
        await asyncio.sleep(seconds)


async def _kill_postgresql(house: House, turn: int, seconds: float) -> None:
    """Its supervisor starts it again when it sees that."""
    kill_postmaster(house.postgres.data_dir)
    await asyncio.sleep(seconds)


async def _freeze_postgresql(house: House, turn: int, seconds: float) -> None:
    with frozen(house.postgres.data_dir):
        await asyncio.sleep(seconds)


async def _kill_valkey(house: House, turn: int, seconds: float) -> None:
    house.valkey.kill()
    await asyncio.sleep(seconds)
    house.valkey.start()  # in this thread: it ends with the one that started it


async def _freeze_valkey(house: House, turn: int, seconds: float) -> None:
    with house.valkey.frozen():
        await asyncio.sleep(seconds)


async def _cut_all_wires(house: House, turn: int, seconds: float) -> None:
    for gate in house.gates:
        await gate.cut()
    await asyncio.sleep(seconds)
    for gate in house.gates:
        await gate.mend()


FAULTS: Final[dict[str, Fault]] = {
    "a node killed": _kill_a_node,
    "a node told to stop": _stop_a_node,
    "a node frozen": _freeze_a_node,
    "PostgreSQL killed": _kill_postgresql,
    "PostgreSQL frozen": _freeze_postgresql,
    "Valkey killed": _kill_valkey,
    "Valkey frozen": _freeze_valkey,
    "all wires cut": _cut_all_wires,
}
