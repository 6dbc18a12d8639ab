"""The folder and the bucket keep the same promises."""

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiobotocore.session import get_session

from server.backup.files import changed, copy_in, copy_out
from server.files.folder_store import FolderStore
from server.files.s3_store import S3Store
from server.settings import Settings
from services.errors import Unavailable
from services.file_ports import FileMissing, FileStore
from tests.support.disks import full_after
from tests.support.s3 import S3Server, s3_server

BUCKET = "colloque-files"
SIZES = (0, 1, 262_144, 6_000_000, 13_000_000)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
async def bucket(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[S3Store]:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    async with get_session().create_client("s3", endpoint_url=s3.endpoint, region_name="eu-west-3") as client:
        known = [bucket["Name"] for bucket in (await client.list_buckets())["Buckets"]]
        if BUCKET not in known:
            await client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    store = S3Store(bucket=BUCKET, endpoint=s3.endpoint, region="eu-west-3", prefix=f"{os.urandom(4).hex()}/")
    yield store
    await store.close()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    made: FileStore = request.getfixturevalue("bucket")
    return made


async def pieces(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def whole(store: FileStore, key: str, **span: int) -> bytes:
    return b"".join([piece async for piece in store.read(key, **span)])


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def all_keys(store: FileStore) -> set[str]:
    return {key async for key in store.keys()}  # noqa: SIM118  # no dictionary


async def test_what_is_written_is_read_whole_and_in_spans(store: FileStore) -> None:
    contents = {os.urandom(16).hex(): os.urandom(size) for size in SIZES[1:]}
    for key, data in contents.items():
        assert await store.write(key, pieces(data)) == len(data)
    for key, data in contents.items():
        assert await whole(store, key) == data
        assert (
            await whole(store, key, start=len(data) // 2, length=min(len(data), 70_000) // 2)
            == (data[len(data) // 2 : len(data) // 2 + min(len(data), 70_000) // 2])
        )
    assert await all_keys(store) == set(contents)
    first = next(iter(contents))
    await store.delete(first)
    await store.delete(first)
    assert first not in await all_keys(store)


async def test_what_is_not_there_is_missing(store: FileStore) -> None:
    with pytest.raises(FileMissing):
        await whole(store, "00" * 16)


async def test_a_full_disk_is_our_trouble_and_leaves_no_trace(tmp_path: Path) -> None:
    store, key = FolderStore(tmp_path / "files"), os.urandom(16).hex()
    for size in (300, 300_000):
        with full_after(200), pytest.raises(Unavailable):
            await store.write(key, pieces(os.urandom(size)))
    assert files_in(tmp_path) == []
    assert await store.write(key, pieces(b"there is room again")) == 19


@pytest.mark.parametrize("size", [200_000, 12_000_000])
async def test_a_write_that_fails_leaves_no_trace(store: FileStore, size: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        async for piece in pieces(os.urandom(size)):
            yield piece
        raise ConnectionResetError

    key = os.urandom(16).hex()
    with pytest.raises((ConnectionResetError, Unavailable)):
        await store.write(key, broken())
    with pytest.raises(FileMissing):
        await whole(store, key)
    assert await all_keys(store) == set()


async def test_a_wrong_secret_and_a_store_that_is_away_are_unavailable(
    bucket: S3Store, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bucket.write("ab" * 16, pieces(b"x"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    for endpoint in (s3.endpoint, "http://127.0.0.1:1"):
        stranger = S3Store(bucket=BUCKET, endpoint=endpoint, region="eu-west-3")
        with pytest.raises(Unavailable):
            await whole(stranger, "ab" * 16)
        with pytest.raises(Unavailable):
            await stranger.write("cd" * 16, pieces(b"x"))
        await stranger.close()


async def test_no_name_that_somebody_chose_reaches_the_disk(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")
    for key in ("../../etc/passwd", "a/b", "", "XYZ", "ab\0cd" * 4):
        with pytest.raises(ValueError, match="hexadecimal"):
            await store.write(key, pieces(b"x"))


async def test_a_backup_takes_the_files_from_where_they_are_and_brings_them_back(
    store: FileStore, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    key = "ab" * 16
    await store.write(key, pieces(b"sealed" * 100_000))
    settings = Settings(data_dir=tmp_path, file_store=str(tmp_path / "files"))
    if isinstance(store, S3Store):
        place = f"s3://{BUCKET}/{store._prefix}"  # the one that the fixture chose
        endpoint = request.getfixturevalue("s3").endpoint
        settings = dataclasses.replace(settings, file_store=place, s3_endpoint=endpoint, s3_region="eu-west-3")
    files = await asyncio.to_thread(copy_out, settings, tmp_path / "backup")
    assert [(name, (tmp_path / "backup" / name).stat().st_size) for name in files] == [(f"ab/{key}", 600_000)]
    await store.delete(key)
    assert await asyncio.to_thread(changed, settings, files) == []
    await store.write(key, pieces(b"other"))
    assert await asyncio.to_thread(changed, settings, files) == [f"ab/{key}: not in the file store as it was"]
    await asyncio.to_thread(copy_in, settings, tmp_path / "backup", files)
    assert await asyncio.to_thread(changed, settings, files) == []
    assert await whole(store, key) == b"sealed" * 100_000


async def test_a_folder_says_what_it_keeps_and_not_that_it_is_empty_when_it_cannot_be_read(tmp_path: Path) -> None:
    store, key = FolderStore(tmp_path / "files"), "ab" * 16
    assert await all_keys(store) == set()
    await store.write(key, pieces(b"sealed"))
    # As a network file system keeps what was deleted while somebody read it.
    (tmp_path / "files" / "ab" / ".nfs000000000001").write_bytes(b"")
    assert await all_keys(store) == {key}
    (tmp_path / "no-folder").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        await all_keys(FolderStore(tmp_path / "no-folder"))
