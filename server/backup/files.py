"""Files of a backup, from and to the file store that the settings ask for: the folder, or the bucket."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

from server.backup.contents import PIECE, BackupError
from server.files.build import make_file_kit
from server.settings import Settings
from services.errors import Unavailable
from services.file_ports import FileMissing, FileStore


def copy_out(settings: Settings, folder: Path) -> dict[str, str]:
    """Place below `folder` → SHA-256 of each file. A file that goes meanwhile was an orphan or an export that expired."""

    async def copy(store: FileStore) -> dict[str, str]:
        hashes = {}
        async for key in store.keys():
            place = folder / key[:2] / key
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                hashes[f"{key[:2]}/{key}"] = await _written(store, key, place)
            except FileMissing:
                place.unlink(missing_ok=True)
        return hashes

    return asyncio.run(_with_store(settings, copy))


def copy_in(settings: Settings, folder: Path, files: Mapping[str, str]) -> None:
    async def copy(store: FileStore) -> dict[str, str]:
        for name in files:
            await store.write(Path(name).name, _pieces(folder / name))
        return {}

    asyncio.run(_with_store(settings, copy))


def changed(settings: Settings, files: Mapping[str, str]) -> list[str]:
    """What is in the store, and not as it was. What has gone since may have been an orphan, or of a shredded conversation:
    which files must be there the database says.
    """

    async def look(store: FileStore) -> dict[str, str]:
        return {
            name: value for name, value in files.items() if await _digest(store, Path(name).name) not in (None, value)
        }

    return [f"{name}: not in the file store as it was" for name in asyncio.run(_with_store(settings, look))]


async def _with_store(settings: Settings, work: Callable[[FileStore], Awaitable[dict[str, str]]]) -> dict[str, str]:
    kit = make_file_kit(settings)
    try:
        return await work(kit.store)
    except Unavailable as error:
        raise BackupError("The file store does not answer, or refuses.") from error
    finally:
        await kit.close()


async def _written(store: FileStore, key: str, place: Path) -> str:
    found = hashlib.sha256()
    with place.open("wb") as file:
        async for piece in store.read(key):
            found.update(piece)
            file.write(piece)
    return found.hexdigest()


async def _digest(store: FileStore, key: str) -> str | None:
    found = hashlib.sha256()
    try:
        async for piece in store.read(key):
            found.update(piece)
    except FileMissing:
        return None
    return found.hexdigest()


async def _pieces(place: Path) -> AsyncIterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
