"""Is what is here whole? Keys open it, the trail's chains hold, and every file that the database speaks of is in the store."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field

from repositories.trail import Head
from repositories.unit_of_work import Database
from server.backup.contents import BackupError
from server.files.build import make_file_kit
from server.security.cipher import AesContentCipher
from server.security.secrets_store import Secrets
from server.settings import Settings
from services.attachment_ports import Part
from services.attachment_reader import store_key as file_key
from services.errors import Unavailable
from services.exports import store_key as export_key
from services.person_archives import store_key as archive_key
from services.security_ports import ContentDamaged, MasterKeyMissing
from services.trail_check import Anchors, TrailCheck

PAGE = 1000
SHOWN = 20


@dataclass(slots=True)
class Verification:
    """`later`: by chain, how many blocks the anchors know beyond what is here, as they do after a restore."""

    keys: int = 0
    records: int = 0
    files: int = 0
    troubles: list[str] = field(default_factory=list)
    later: dict[str, int] = field(default_factory=dict)


async def verification(settings: Settings, secrets: Secrets, database: Database, anchors: Anchors) -> Verification:
    """Changes nothing. Raises StorageUnavailable, BackupError (the file store does not answer)."""
    found = Verification()
    await _keys(database, AesContentCipher(secrets.master_keys), found)
    await _trail(database, anchors, found)
    await _files(settings, database, found)
    return found


async def _keys(database: Database, cipher: AesContentCipher, found: Verification) -> None:
    async with database.reading() as repositories:
        uses = await repositories.keys.uses()
    for use in uses:
        after = 0
        while True:
            async with database.reading() as repositories:
                rows = await repositories.keys.wrapped(use.holder, key_id=use.key_id, after_id=after, limit=PAGE)
            for row in rows:
                try:
                    cipher.unwrap(use.key_id, row.data_key)
                except (MasterKeyMissing, ContentDamaged) as error:
                    _add(found, f"{use.holder} {row.id}: its data key does not open ({error})")
                found.keys += 1
            if len(rows) < PAGE:
                break
            after = rows[-1].id


async def _trail(database: Database, anchors: Anchors, found: Verification) -> None:
    async with database.reading() as repositories:
        heads = await repositories.trail.heads()
    known = {chain: _until(chain, heads[chain], blocks, found) for chain, blocks in anchors.items()}
    report = await TrailCheck(unit_of_work=database).run(known)
    found.records = sum(chain.rows for chain in report.chains)
    found.troubles += [f"trail {broken.chain} block {broken.block}: {broken.what}" for broken in report.breaks]


def _until(chain: str, head: Head, blocks: Mapping[int, bytes], found: Verification) -> dict[int, bytes]:
    """What is beyond the head came after the backup: no fault, but worth saying."""
    later = [number for number in blocks if number > head.number]
    if later:
        found.later[chain] = max(later) - head.number
    return {number: digest for number, digest in blocks.items() if number <= head.number}


async def _files(settings: Settings, database: Database, found: Verification) -> None:
    kit = make_file_kit(settings)
    try:
        there = {key async for key in kit.store.keys()}  # noqa: SIM118  # no dictionary
    except Unavailable as error:
        raise BackupError("The file store does not answer, or refuses.") from error
    finally:
        await kit.close()
    known = await known_files(database)
    found.files = len(known)
    for trouble in lacking(known, there):
        _add(found, trouble)


async def known_files(database: Database) -> dict[str, str]:
    """Key in the store → what it is, of every file that the database speaks of."""
    return {key: name async for name, key in _wanted(database)}


def lacking(known: Mapping[str, str], there: Collection[str]) -> list[str]:
    return [f"{name}: not in the file store" for key, name in known.items() if key not in there]


async def _wanted(database: Database) -> AsyncIterator[tuple[str, str]]:
    """(what it is, its key in the store)"""
    after = 0
    while True:
        async with database.reading() as repositories:
            page = await repositories.backup.attachments(after_id=after, limit=PAGE)
        for row in page:
            yield f"attachment {row.id}", file_key(row.token, Part.WHOLE)
            if row.has_thumbnail:
                yield f"thumbnail of attachment {row.id}", file_key(row.token, Part.THUMBNAIL)
        if len(page) < PAGE:
            break
        after = page[-1].id
    async with database.reading() as repositories:
        exports, archives = await repositories.backup.exports(), await repositories.backup.archives()
    for row in exports:
        yield f"export {row.id}", export_key(row.token)
    for row in archives:
        yield f"archive {row.id}", archive_key(row.token)


def _add(found: Verification, trouble: str) -> None:
    """As many as somebody reads."""
    if len(found.troubles) < SHOWN:
        found.troubles.append(trouble)
