"""clamd: the real one where the machine has it, else a server that answers as it does."""

import asyncio
import hashlib
import os
import shutil
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from repositories.unit_of_work import Database
from server.files.clamav import ClamAv, connector
from server.files.folder_store import FolderStore
from server.security.cipher import AesContentCipher
from services.errors import NotFound, Unavailable, UnsupportedFile, ValidationFailed
from services.messages import NewMessage
from services.orphans import Orphans
from services.principal import Origin
from tests.support.files import attachments_in
from tests.support.house import House
from tests.support.postgres import ScratchDatabase, connected
from tests.support.specimens import pdf

ORIGIN = Origin("127.0.0.1", "test", "request", "en")
# In two parts, so that no scanner takes this file for the test virus itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
INFECTED = pdf() + EICAR


@asynccontextmanager
async def real_clamd(program: str, folder: Path, place: Path) -> AsyncIterator[None]:
    """With a data base of one signature: that of the test virus, wherever it is in a file."""
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n", "ascii")
    (signatures / "test.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test\n", "ascii")  # noqa: S324  # the form of that file
    config = folder / "clamd.conf"
    config.write_text(f"Foreground yes\nLocalSocket {place}\nDatabaseDirectory {signatures}\n", "ascii")
    process = await asyncio.create_subprocess_exec(program, "--config-file", str(config))
    try:
        async with asyncio.timeout(30):
            while not place.exists():  # noqa: ASYNC240  # one look
                assert process.returncode is None, "clamd ended"
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def spoken_clamd(place: Path) -> AsyncIterator[None]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            data += await reader.readexactly(size)
        writer.write(b"stream: Eicar-Test.UNOFFICIAL FOUND\0" if EICAR in data else b"stream: OK\0")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answer, place):
        yield


@pytest.fixture
async def scanner(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ClamAv]:
    folder = tmp_path_factory.mktemp("clam")
    place = folder / "clamd.sock"
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    async with spoken_clamd(place) if program is None else real_clamd(program, folder, place):
        yield ClamAv(f"unix://{place}")


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 100):
        yield data[start : start + 100]


async def test_the_test_virus_is_found_and_nothing_else_is(scanner: ClamAv) -> None:
    assert "Eicar" in (await scanner.scan(chunks(EICAR)) or "")
    assert "Eicar" in (await scanner.scan(chunks(INFECTED)) or "")
    assert await scanner.scan(chunks(pdf())) is None


async def test_an_infected_file_is_kept_apart_and_given_to_nobody(
    house: House,
    scanner: ClamAv,
    tmp_path: Path,
    database: Database,
    cipher: AesContentCipher,
    clean_database: ScratchDatabase,
) -> None:
    pair = await house.care_pair()
    files = attachments_in(tmp_path, database=database, cipher=cipher, scanner=scanner)
    with pytest.raises(UnsupportedFile) as refused:
        await files.upload(
            pair.first, ORIGIN, conversation_id=lambda: pair.conversation_id, name="letter.pdf", chunks=chunks(INFECTED)
        )
    assert refused.value.reason == "file_infected"
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT id, infected_with FROM attachments")
        [(attachment_id, called)] = cursor.fetchall()
    assert "Eicar" in called
    with pytest.raises(NotFound):
        await files.download(pair.first, ORIGIN, attachment_id=attachment_id)
    with pytest.raises(ValidationFailed):
        await house.messages.post(
            pair.first,
            NewMessage(conversation_id=pair.conversation_id, content="", attachment_ids=(attachment_id,)),
        )
    orphans = Orphans(unit_of_work=database, store=FolderStore(tmp_path / "files"))
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE attachments SET created_at = now() - interval '29 days'")
    assert await orphans.collect() == 0
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE attachments SET created_at = now() - interval '31 days'")
    assert await orphans.collect() == 1


@pytest.mark.parametrize(
    "answer", [b"", b"stream: Size limit exceeded ERROR\0", b"INSTREAM size limit exceeded. ERROR\0"]
)
async def test_no_answer_is_no_permission(tmp_path: Path, answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer)
        writer.close()

    place = tmp_path / "clamd.sock"
    with pytest.raises(Unavailable):
        await ClamAv(f"unix://{place}").scan(chunks(EICAR))
    async with await asyncio.start_unix_server(speak, place):
        with pytest.raises(Unavailable):
            await ClamAv(f"unix://{place}").scan(chunks(EICAR))


def test_addresses_of_another_form_are_refused() -> None:
    for url in ("", "clamd.sock", "http://127.0.0.1:1", "tcp://127.0.0.1", "unix://"):
        with pytest.raises(ValueError, match="must be"):
            connector(url)
