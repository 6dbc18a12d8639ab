"""Looks whether the trail still says what was sealed, and names the first link of each chain that does not hold."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field

from repositories.trail import CHAINS, Block, Head
from services.ports import UnitOfWork
from services.trail_chain import FORMAT, digest_at, hash_of

PAGE = 50
# How each line of an anchor file begins (server.trail.anchor).
BEGINNING = '{"at":"'
# Chain → number → hash, as the anchors have them.
Anchors = Mapping[str, Mapping[int, bytes]]
WORDS = {"message": "message", "version": "text kept of a message", "mark": "mark", "audit": "audit entry"}


@dataclass(frozen=True, slots=True)
class Break:
    """`what` is for people: which row or block, and what happened to it."""

    chain: str
    block: int
    what: str


@dataclass(slots=True)
class ChainReport:
    chain: str
    blocks: int = 0
    rows: int = 0
    unsealed: int = 0
    broken: Break | None = None


@dataclass(frozen=True, slots=True)
class Report:
    chains: list[ChainReport] = field(default_factory=list)

    @property
    def breaks(self) -> list[Break]:
        return [chain.broken for chain in self.chains if chain.broken is not None]


class BadAnchor(Exception):
    """A line of an anchor file is none."""


def read_anchors(lines: Iterable[str]) -> dict[str, dict[int, bytes]]:
    """Raises BadAnchor. A line may be torn: a server was killed while it wrote, or its disk was full. Nothing is lost with it,
    since the head of a later line stands for all before it.
    """
    anchors: dict[str, dict[int, bytes]] = {chain: {} for chain in CHAINS}
    for number, line in enumerate(filter(None, (line.strip() for line in lines)), 1):
        try:
            for chain, (block, digest) in json.loads(line)["heads"].items():
                anchors[chain][int(block)] = bytes.fromhex(digest)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if not (isinstance(error, json.JSONDecodeError) and _is_torn(line)):
                raise BadAnchor(f"line {number}") from error
    return anchors


def _is_torn(line: str) -> bool:
    """Whether it begins as one of ours. Where a node of an earlier version went on in it, it holds a second beginning."""
    return BEGINNING.startswith(line) or line.startswith(BEGINNING)


class TrailCheck:
    def __init__(self, *, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def run(self, anchors: Anchors) -> Report:
        """Raises Unavailable."""
        return Report([await self._chain(chain, anchors.get(chain, {})) for chain in CHAINS])

    async def _chain(self, chain: str, anchors: Mapping[int, bytes]) -> ChainReport:
        report = ChainReport(chain)
        head = Head(chain, 0, 0, b"")
        async for block in self._blocks(chain):
            report.broken = _broken_link(head, block, anchors) or await self._broken_rows(chain, block)
            if report.broken is not None:
                return report
            head = Head(chain, block.number, block.up_to_id, block.hash)
            report.blocks, report.rows = block.number, report.rows + len(block.keys)
        last = max(anchors, default=0)
        if last > head.number:
            report.broken = Break(chain, head.number + 1, f"block removed: the anchor knows {last}")
        async with self._unit_of_work.reading() as repositories:
            tops = await repositories.trail.tops()
        report.unsealed = max(0, getattr(tops, chain) - head.up_to_id)
        return report

    async def _blocks(self, chain: str) -> AsyncIterator[Block]:
        after = -1
        while True:
            async with self._unit_of_work.reading() as repositories:
                page = await repositories.trail.blocks(chain, after_number=after, limit=PAGE)
            for block in page:
                yield block
            if len(page) < PAGE:
                return
            after = page[-1].number

    async def _broken_rows(self, chain: str, block: Block) -> Break | None:
        async with self._unit_of_work.reading() as repositories:
            found = await repositories.trail.digests(
                chain, after_id=block.after_id, up_to_id=block.up_to_id, limit=2**31
            )
        if found.keys == block.keys and found.digests == block.digests:
            return None
        now = {key: digest_at(found.digests, place) for place, key in enumerate(found.keys)}
        then = {key: digest_at(block.digests, place) for place, key in enumerate(block.keys)}
        for key in sorted(now.keys() | then.keys()):
            if now.get(key) != then.get(key):
                happened = "removed" if key not in now else "added" if key not in then else "changed"
                return Break(chain, block.number, f"{WORDS[chain]} {key} {happened}")
        return Break(chain, block.number, "rows in another order")


def _broken_link(head: Head, block: Block, anchors: Mapping[int, bytes]) -> Break | None:
    chain = head.chain
    if block.number != head.number + 1:
        return Break(chain, head.number + 1, "block removed")
    if block.format != FORMAT:
        return Break(chain, block.number, f"block of an unknown format {block.format}")
    if block.previous != head.hash or block.after_id != head.up_to_id:
        return Break(chain, block.number, "block does not follow the one before it")
    if block.hash != hash_of(chain, block):
        return Break(chain, block.number, "block changed")
    if anchors.get(block.number, block.hash) != block.hash:
        return Break(chain, block.number, "block made anew: it is not the one that was anchored")
    return None
