"""Exports on a real database and a real folder: what is in them, who gets them, what is found when they are changed."""

import datetime
import html
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from repositories.unit_of_work import Database
from server.cli.exports import _verifies
from server.exports.build import ExportServices, make_exports
from server.files.folder_store import FolderStore
from server.security.cipher import AesContentCipher
from services.access import Access
from services.archive_tries import ArchiveTries
from services.errors import Conflict, ContextAccessDenied, NotFound
from services.events import ExportProgressed
from services.export_maker import ATTEMPTS, ExportMaker
from services.export_verify import NoExport, verify
from services.exports import Export
from services.exports import store_key as export_key
from services.ports import UnitOfWork
from services.principal import Origin, Principal
from services.security_ports import ContentDamaged
from services.trail_ports import TrailEntry
from services.unreadable import SAID_INSTEAD
from services.zip_stream import whole
from tests.support.files import ALWAYS
from tests.support.forgetful import LosesAnAnswer
from tests.support.house import ALL_KINDS, House, Pair
from tests.support.postgres import ScratchDatabase, connected

ORIGIN = Origin("192.0.2.1", "test", "r", "fr")
TEXTS = ("Être là à 10 h ?", "<script>alert('x')</script> & co", "D'accord 😀 — 病院", "secret-canari")


class Notes:
    def __init__(self) -> None:
        self.entries: list[TrailEntry] = []

    def note(self, entry: TrailEntry) -> None:
        self.entries.append(entry)


class Bureau:
    """`folder` is the file store's."""

    def __init__(self, house: House, cipher: AesContentCipher, folder: Path) -> None:
        self.house, self.folder, self.cipher = house, folder, cipher
        self.notes = Notes()
        self.woken = 0
        self.services = self.node()

    def node(self, life_seconds: float = 3600, unit_of_work: UnitOfWork | None = None) -> ExportServices:
        return make_exports(
            unit_of_work=unit_of_work or self.house.database,
            publisher=self.house.published,
            access=Access(kinds=ALL_KINDS),
            cipher=self.cipher,
            opener=self.house.opener,
            store=FolderStore(self.folder),
            signing_seed=bytes(32),
            trail=self.notes,
            rechecks=ALWAYS,
            notices=self.house.notices,
            wake=self._wake,
            life_seconds=life_seconds,
        )

    def _wake(self) -> None:
        self.woken += 1

    async def ask(self, who: Principal, pair: Pair, format: str) -> int:
        return await self.services.exports.ask(who, ORIGIN, conversation_id=pair.conversation_id, format=format)

    async def find(self, who: Principal, export_id: int) -> Export:
        return await self.services.exports.find(who, export_id=export_id)

    async def fetched(self, who: Principal, export_id: int) -> bytes:
        stream = await self.services.exports.download(who, ORIGIN, export_id=export_id)
        data = b"".join([chunk async for chunk in stream.chunks])
        assert len(data) == stream.size
        return data

    async def made(self, who: Principal, pair: Pair, format: str) -> bytes:
        export_id = await self.ask(who, pair, format)
        assert await self.services.maker.make_next()
        return await self.fetched(who, export_id)


@pytest.fixture
async def bureau(
    database: Database, clean_database: ScratchDatabase, cipher: AesContentCipher, tmp_path: Path
) -> AsyncIterator[Bureau]:
    house = House(database, cipher, clean_database.owner_url)
    yield Bureau(house, cipher, tmp_path / "files")
    await house.writer.close()


async def spoken(bureau: Bureau) -> Pair:
    """A pair who said TEXTS; the doctor edited one, deleted one, and the patient read all."""
    pair = await bureau.house.care_pair()
    sent = await bureau.house.say(pair.second, pair, *TEXTS, "trop")
    await bureau.house.changes.edit(pair.second, message_id=sent[0].id, content="Être là à 11 h ?")
    await bureau.house.changes.delete(pair.second, message_id=sent[4].id)
    await bureau.house.marks.read(pair.first, conversation_id=pair.conversation_id)
    return pair


async def test_json_holds_everything_with_marks_and_who_read_when(bureau: Bureau) -> None:
    pair = await spoken(bureau)
    document = json.loads(await bureau.made(pair.first, pair, "json"))
    assert [message["seq"] for message in document["messages"]] == [1, 2, 3, 4, 5]
    assert [message["content"] for message in document["messages"][1:4]] == list(TEXTS[1:])
    first, last = document["messages"][0], document["messages"][4]
    assert (first["content"], last["content"]) == ("Être là à 11 h ?", "")
    assert first["editedAt"].endswith("Z")
    assert last["deletedAt"].endswith("Z")
    (receipt,) = first["receipts"]
    assert receipt["userId"] == pair.first.user_id
    assert datetime.datetime.fromisoformat(receipt["readAt"]) >= datetime.datetime.fromisoformat(first["sentAt"])
    assert {person["userId"] for person in document["participants"]} == {pair.first.user_id, pair.second.user_id}


async def test_html_is_escaped_and_can_load_and_run_nothing(bureau: Bureau) -> None:
    pair = await spoken(bureau)
    page = (await bureau.made(pair.first, pair, "html")).decode()
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; co" in page
    assert "<script" not in page
    assert "default-src &#x27;none&#x27;" in page
    assert "😀 — 病院" in page


async def test_pdf_survives_accents_and_emoji(bureau: Bureau) -> None:
    pair = await spoken(bureau)
    data = await bureau.made(pair.first, pair, "pdf")
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")


async def test_a_zip_verifies_and_every_change_is_named(bureau: Bureau, tmp_path: Path) -> None:
    pair = await spoken(bureau)
    data = await bureau.made(pair.first, pair, "zip")
    file = tmp_path / "export.zip"
    file.write_bytes(data)
    verdict = verify(file, proof=None, verifies=_verifies)
    assert (verdict.files, verdict.troubles) == (3, ())

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    forged = whole["manifest.json"].replace(b'"size": ', b'"size": 1')
    for changes, trouble in (
        ({"conversation.json": b"{}"}, "conversation.json: changed"),
        ({"conversation.html": None}, "conversation.html: missing"),
        ({"more.txt": b"more"}, "more.txt: not in the manifest"),
        ({"manifest.json": forged}, "manifest: the signature does not hold"),
    ):
        _pack(file, {**whole, **changes})
        assert trouble in verify(file, proof=None, verifies=_verifies).troubles
    _pack(file, {**whole, "manifest.sig": None})
    with pytest.raises(NoExport, match=r"manifest\.sig"):
        verify(file, proof=None, verifies=_verifies)


def _pack(file: Path, members: dict[str, bytes | None]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            if data is not None:
                archive.writestr(name, data)


async def test_a_single_file_verifies_with_its_proof(bureau: Bureau, tmp_path: Path) -> None:
    pair = await spoken(bureau)
    export_id = await bureau.ask(pair.first, pair, "json")
    await bureau.services.maker.make_next()
    file = tmp_path / "conversation.json"
    file.write_bytes(await bureau.fetched(pair.first, export_id))
    proof = (await bureau.find(pair.first, export_id)).proof
    assert proof is not None
    kept = {"manifest": proof.manifest, "signature": proof.signature, "publicKey": proof.public_key}
    (tmp_path / "conversation.json.proof.json").write_text(json.dumps(kept))
    assert verify(file, proof=None, verifies=_verifies).troubles == ()
    file.write_bytes(file.read_bytes().replace(b"11 h", b"12 h"))
    assert verify(file, proof=None, verifies=_verifies).troubles == ("conversation.json: changed",)
    keys = await bureau.services.exports.public_keys()
    assert [(key.public_key, key.current) for key in keys] == [(proof.public_key, True)]


async def test_progress_is_told_and_the_trail_knows(bureau: Bureau) -> None:
    pair = await spoken(bureau)
    export_id = await bureau.ask(pair.first, pair, "json")
    assert (await bureau.find(pair.first, export_id)).state == "queued"
    assert await bureau.ask(pair.first, pair, "json") == export_id
    with pytest.raises(Conflict):
        await bureau.fetched(pair.first, export_id)
    await bureau.services.maker.make_next()
    await bureau.fetched(pair.first, export_id)
    found = await bureau.find(pair.first, export_id)
    assert (found.state, found.progress, found.url) == ("ready", 100, f"/api/messaging/exports/{export_id}/file")
    told = [fact for fact in bureau.house.published.facts if isinstance(fact, ExportProgressed)]
    assert {fact.user_id for fact in told} == {pair.first.user_id}
    assert [(fact.state, fact.progress) for fact in told][-1] == ("ready", 100)
    [notice] = bureau.house.notices.told[-1:]
    assert (notice.user_id, notice.kind, notice.subject_id) == (pair.first.user_id, "export_ready", str(export_id))
    assert [(entry.action, entry.result) for entry in bureau.notes.entries] == [
        ("export.make", "ok"),
        ("export.make", "ok"),
        ("export.download", "denied"),
        ("export.download", "ok"),
    ]


async def test_it_is_its_askers_alone_and_only_while_they_take_part(
    bureau: Bureau, clean_database: ScratchDatabase
) -> None:
    pair, others = await spoken(bureau), await bureau.house.care_pair()
    with pytest.raises(NotFound):
        await bureau.ask(others.first, pair, "json")
    export_id = await bureau.ask(pair.first, pair, "json")
    waiting = await bureau.ask(pair.second, pair, "json")
    await bureau.services.maker.make_next()
    for stranger in (pair.second, others.first):
        with pytest.raises(NotFound):
            await bureau.find(stranger, export_id)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE participants SET left_at = now() WHERE conversation_id = %s", (pair.conversation_id,))
    with pytest.raises(NotFound):
        await bureau.fetched(pair.first, export_id)
    assert await bureau.services.maker.make_next()
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT state FROM exports WHERE id = %s", (waiting,))
        assert cursor.fetchone() == ("failed",)


async def test_nothing_lies_open_in_the_store_or_the_database(bureau: Bureau, clean_database: ScratchDatabase) -> None:
    pair = await spoken(bureau)
    await bureau.made(pair.first, pair, "json")
    kept = b"".join(path.read_bytes() for path in bureau.folder.rglob("*") if path.is_file())
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT string_agg(e::text, '') FROM exports e")
        rows = str(cursor.fetchone()).encode()
    assert kept
    assert b"canari" not in kept + rows
    assert b"sha256" not in kept + rows


async def test_what_a_dead_node_left_is_made_by_another(bureau: Bureau, clean_database: ScratchDatabase) -> None:
    pair = await spoken(bureau)
    export_id = await bureau.ask(pair.first, pair, "json")
    async with bureau.house.database.transaction() as repositories:
        assert await repositories.exports.take(owner=uuid4(), token=uuid4(), seconds=60, attempts=ATTEMPTS)
    other = bureau.node().maker
    assert not await other.make_next()
    _lapse(clean_database)
    assert await other.make_next()
    assert json.loads(await bureau.fetched(pair.first, export_id))["messages"]


async def test_what_a_try_left_in_the_store_is_found_by_its_row(
    bureau: Bureau, clean_database: ScratchDatabase
) -> None:
    """Whichever way it was left there, and once more a day later: its maker may have slept through its removal."""
    pair = await spoken(bureau)
    store, tries = FolderStore(bureau.folder), ArchiveTries(bureau.house.database, FolderStore(bureau.folder))

    async def leave(token: UUID) -> None:
        await store.write(export_key(token), whole(b"sealed"))

    ready = await bureau.ask(pair.first, pair, "json")
    assert await bureau.services.maker.make_next()
    kept = {path.name for path in bureau.folder.rglob("*") if path.is_file()}
    await bureau.ask(pair.second, pair, "json")
    dead = uuid4()
    async with bureau.house.database.transaction() as repositories:
        assert await repositories.exports.take(owner=uuid4(), token=dead, seconds=60, attempts=ATTEMPTS)
    await leave(dead)
    await tries.collect()
    assert dead.hex + "e0" in {path.name for path in bureau.folder.rglob("*")}, "it may be under way still"
    _lapse(clean_database)
    assert await bureau.node().maker.make_next()
    names = {path.name for path in bureau.folder.rglob("*") if path.is_file()}
    assert (dead.hex + "e0" in names, len(names - kept), kept <= names) == (False, 1, True)

    await leave(dead)
    await tries.collect()
    assert dead.hex + "e0" in {path.name for path in bureau.folder.rglob("*")}
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE archive_tries SET begun_at = begun_at - interval '25 hours'")
    await tries.collect()
    assert {path.name for path in bureau.folder.rglob("*") if path.is_file()} == names
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT count(*) FROM archive_tries")
        assert cursor.fetchone() == (2,), "of those that are ready"
    assert await bureau.fetched(pair.first, ready)


@pytest.mark.parametrize("format", ["json", "html"])
async def test_a_message_that_does_not_open_keeps_nothing_else_out_of_it(
    bureau: Bureau, clean_database: ScratchDatabase, format: str
) -> None:
    pair = await spoken(bureau)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE messages SET content = '\\x01' WHERE seq = 2")
    document = (await bureau.made(pair.first, pair, format)).decode()
    assert TEXTS[2] in html.unescape(document)
    if format == "json":
        assert [message["content"] for message in json.loads(document)["messages"]][1] == SAID_INSTEAD
    else:
        assert "cannot be read any more" in document


@pytest.mark.parametrize("stored", [True, False])
async def test_who_asked_is_told_though_the_answer_to_the_commit_was_lost(bureau: Bureau, stored: bool) -> None:
    pair = await spoken(bureau)
    export_id = await bureau.ask(pair.first, pair, "json")
    forgetful = LosesAnAnswer(bureau.house.database, "instance", stored=stored)
    assert await bureau.node(unit_of_work=forgetful).maker.make_next()
    assert forgetful.lost == 1
    ready = [fact for fact in bureau.house.published.of(ExportProgressed) if fact.state == "ready"]
    assert [fact.export_id for fact in ready] == [export_id]
    assert [notice.subject_id for notice in bureau.house.notices.told] == [str(export_id)]
    assert await bureau.fetched(pair.first, export_id)


async def test_one_that_always_fails_is_given_up(bureau: Bureau, clean_database: ScratchDatabase) -> None:
    pair = await spoken(bureau)
    export_id = await bureau.ask(pair.first, pair, "json")
    maker: ExportMaker = bureau.services.maker
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE conversations SET data_key = 'x'")
    for _ in range(ATTEMPTS):
        with pytest.raises(ContentDamaged):
            await maker.make_next()
    assert not await maker.make_next()
    await maker.tidy()
    assert (await bureau.find(pair.first, export_id)).state == "failed"
    assert [path for path in bureau.folder.rglob("*") if path.is_file()] == []


def _lapse(database: ScratchDatabase) -> None:
    with connected(database.owner_url) as cursor:
        cursor.execute("UPDATE exports SET lease_until = now() - interval '1 second' WHERE state = 'running'")


async def test_it_expires(bureau: Bureau) -> None:
    pair = await spoken(bureau)
    export_id = await bureau.ask(pair.first, pair, "json")
    brief = bureau.node(life_seconds=0).maker
    await brief.make_next()
    assert (await bureau.find(pair.first, export_id)).url is None
    with pytest.raises(Conflict):
        await bureau.fetched(pair.first, export_id)
    await brief.tidy()
    assert [path for path in bureau.folder.rglob("*") if path.is_file()] == []


async def test_the_conversation_about_a_context_is_streamed(bureau: Bureau, clean_database: ScratchDatabase) -> None:
    pair, others = await spoken(bureau), await bureau.house.care_pair()
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(
            "INSERT INTO contexts (type, external_id, version, patient_id, doctor_id, title, title_key, key_id, data_key)"
            " VALUES ('ordonnance', 'rx 7', 1, %s, %s, '', gen_random_uuid(), 'k', '')",
            (pair.first.user_id, pair.second.user_id),
        )
        cursor.execute(
            "UPDATE conversations SET kind = 'contextual', context_type = 'ordonnance', context_id = 'rx 7' WHERE id = %s",
            (pair.conversation_id,),
        )
    exports = bureau.services.exports
    stream = await exports.of_context(pair.first, ORIGIN, context_type="ordonnance", context_id="rx 7", format="json")
    document = json.loads(b"".join([chunk async for chunk in stream.chunks]))
    assert document["conversation"]["context"] == {"type": "ordonnance", "id": "rx 7"}
    assert len(document["messages"]) == len(TEXTS) + 1
    with pytest.raises(ContextAccessDenied):
        await exports.of_context(others.first, ORIGIN, context_type="ordonnance", context_id="rx 7", format="json")
