"""Files in the archive of an export, and what becomes of exports of a conversation that is shredded."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from repositories.unit_of_work import Database
from server.cli.exports import _verifies
from server.files.folder_store import FolderStore
from server.security.cipher import AesContentCipher
from services.attachment_ports import Part
from services.attachment_reader import store_key
from services.attachments import Attachments
from services.errors import Conflict, NotFound
from services.events import ExportProgressed
from services.export_files import archive_path
from services.export_verify import verify
from services.retention import Retention, RetentionPolicy
from services.shredded_files import ShreddedFiles
from services.trail_ports import NULL_TRAIL
from tests.integration.test_attachments import put, send
from tests.integration.test_exports import ORIGIN, Bureau
from tests.support.files import attachments_in
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected
from tests.support.specimens import pdf, photo


class FarStore(FolderStore):
    """It may take long, so nothing of the database may wait for it."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder)
        self._database = database

    async def delete(self, key: str) -> None:
        opened, idle = self._database.pool_size
        assert opened == idle
        await super().delete(key)


class Archive(Bureau):
    """With uploads into the same store, and the end of retention."""

    def __init__(self, house: House, cipher: AesContentCipher, folder: Path) -> None:
        super().__init__(house, cipher, folder)
        self.uploads: Attachments = attachments_in(
            folder.parent, database=house.database, cipher=cipher, store=FolderStore(folder)
        )

    async def shred(self, pair: Pair) -> None:
        with connected(self.house.owner_url) as cursor:
            cursor.execute(
                "UPDATE conversations SET last_message_at = now() - interval '9 years' WHERE id = %s",
                (pair.conversation_id,),
            )
        store = FarStore(self.folder, self.house.database)
        files = ShreddedFiles(unit_of_work=self.house.database, store=store, publisher=self.house.published)
        retention = Retention(
            unit_of_work=self.house.database,
            publisher=self.house.published,
            trail=NULL_TRAIL,
            policy=RetentionPolicy(archive_days=0, days={"care": 2557}),
            forget=[files.forget],
        )
        assert (await retention.run(dry=False)).shredded == [pair.conversation_id]

    def kept(self) -> list[str]:
        return [path.name for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
async def archive(
    database: Database, clean_database: ScratchDatabase, cipher: AesContentCipher, tmp_path: Path
) -> AsyncIterator[Archive]:
    house = House(database, cipher, clean_database.owner_url)
    yield Archive(house, cipher, tmp_path / "files")
    await house.writer.close()


async def with_files(archive: Archive) -> tuple[Pair, list[int]]:
    pair = await archive.house.care_pair()
    letter = await put(archive.uploads, pair.first, pair, name="Résumé d’été.pdf")
    picture = await put(archive.uploads, pair.first, pair, photo(), "radio.jpg")
    await archive.house.messages.post(pair.first, send(pair, letter.id, picture.id, content="voilà", type="file"))
    gone = await put(archive.uploads, pair.first, pair, name="erreur.pdf")
    deleted = (await archive.house.messages.post(pair.first, send(pair, gone.id, type="file"))).message
    await archive.house.changes.delete(pair.first, message_id=deleted.id)
    await put(archive.uploads, pair.first, pair, name="never sent.pdf")
    return pair, [letter.id, picture.id]


async def test_files_lie_beside_the_documents_and_are_verified(archive: Archive, tmp_path: Path) -> None:
    pair, (letter, picture) = await with_files(archive)
    data = await archive.made(pair.second, pair, "zip")
    file = tmp_path / "export.zip"
    file.write_bytes(data)
    verdict = verify(file, proof=None, verifies=_verifies)
    assert (verdict.files, verdict.troubles, verdict.lost) == (5, (), ())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        whole = {name: opened.read(name) for name in opened.namelist()}
    named = f"attachments/{letter}-Résumé d’été.pdf"
    assert whole[named] == pdf()
    assert {name for name in whole if "/" in name} == {named, f"attachments/{picture}-radio.jpg"}
    message = json.loads(whole["conversation.json"])["messages"][0]
    assert [(item["path"], item["mediaType"]) for item in message["attachments"]] == [
        (named, "application/pdf"),
        (f"attachments/{picture}-radio.jpg", "image/jpeg"),
    ]
    assert b'<a href="attachments/' in whole["conversation.html"]
    with zipfile.ZipFile(file, "w") as forged:
        for name, content in {**whole, named: b"another letter"}.items():
            forged.writestr(name, content)
    assert verify(file, proof=None, verifies=_verifies).troubles == (f"{named}: changed",)

    single = json.loads(await archive.made(pair.second, pair, "json"))["messages"][0]["attachments"]
    assert [(item["name"], item["path"]) for item in single] == [("Résumé d’été.pdf", None), ("radio.jpg", None)]


async def test_a_file_that_the_store_lost_is_said_to_be(archive: Archive, tmp_path: Path) -> None:
    pair, (letter, picture) = await with_files(archive)
    with connected(archive.house.owner_url) as cursor:
        cursor.execute("SELECT id, token FROM attachments WHERE id = ANY (%s)", ([letter, picture],))
        tokens = dict(cursor.fetchall())
    store = FolderStore(archive.folder)
    await store.delete(store_key(tokens[letter], Part.WHOLE))
    key = store_key(tokens[picture], Part.WHOLE)
    place = archive.folder / key[:2] / key
    *kept, last = place.read_bytes()
    place.write_bytes(bytes([*kept, last ^ 1]))
    file = tmp_path / "export.zip"
    file.write_bytes(await archive.made(pair.first, pair, "zip"))
    verdict = verify(file, proof=None, verifies=_verifies)
    assert verdict.troubles == ()
    assert verdict.lost == (f"attachments/{letter}-Résumé d’été.pdf", f"attachments/{picture}-radio.jpg")


def test_names_fit_on_any_disk() -> None:
    assert archive_path(7, "é" * 200 + ".pdf") == f"attachments/7-{'é' * 88}.pdf"
    assert archive_path(7, "sans") == "attachments/7-sans"
    assert archive_path(7, None) == "attachments/7"


async def test_what_was_shredded_is_neither_exported_nor_kept(archive: Archive) -> None:
    pair, _ = await with_files(archive)
    ready = await archive.ask(pair.first, pair, "json")
    await archive.services.maker.make_next()
    waiting = await archive.ask(pair.second, pair, "html")
    assert archive.kept()
    await archive.shred(pair)
    assert archive.kept() == []
    assert [(await archive.find(pair.first, ready)).state, (await archive.find(pair.second, waiting)).state] == [
        "expired",
        "failed",
    ]
    assert not await archive.services.maker.make_next()
    exports = archive.services.exports
    for refused in (archive.ask(pair.first, pair, "zip"), exports.download(pair.first, ORIGIN, export_id=ready)):
        with pytest.raises(Conflict):
            await refused
    with pytest.raises(Conflict) as refusal:
        await archive.ask(pair.second, pair, "pdf")
    assert refusal.value.reason == "conversation_shredded"
    told = [fact for fact in archive.house.published.facts if isinstance(fact, ExportProgressed)]
    assert {(fact.export_id, fact.state) for fact in told} >= {(waiting, "failed"), (ready, "failed")}


@pytest.mark.parametrize("form", ["json", "zip"])
async def test_one_that_is_being_made_while_it_is_shredded_leaves_nothing(
    archive: Archive, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, _ = await with_files(archive)
    await archive.house.say(pair.first, pair, *(f"message {n}" for n in range(150)))
    export_id = await archive.ask(pair.first, pair, form)
    write, shredded = FolderStore.write, asyncio.Event()

    async def interrupted(store: FolderStore, key: str, chunks: AsyncIterator[bytes]) -> int:
        async def held() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield chunk
                if not shredded.is_set():
                    shredded.set()
                    await archive.shred(pair)

        return await write(store, key, held())

    monkeypatch.setattr(FolderStore, "write", interrupted)
    assert await archive.services.maker.make_next()
    assert shredded.is_set()
    assert (await archive.find(pair.first, export_id)).state == "failed"
    assert archive.kept() == []


async def test_files_of_a_shredded_conversation_are_not_given_out(archive: Archive) -> None:
    pair, (letter, _) = await with_files(archive)
    await archive.shred(pair)
    with pytest.raises(NotFound):
        await archive.uploads.download(pair.first, ORIGIN, attachment_id=letter)
