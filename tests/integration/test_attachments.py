"""Files from the upload to the message and back, on a real database and a real folder."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from repositories.unit_of_work import Database
from server.files.chunks import AesFileKey, seal_all
from server.files.folder_store import FolderStore
from server.files.inspection import Inspection, Order
from server.security.cipher import AesContentCipher
from services.attachment_ports import Part, Span
from services.attachment_reader import store_key
from services.attachment_view import Attachment
from services.attachments import Attachments, Download
from services.conversation_view import LastFiles
from services.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    Unavailable,
    UnsupportedFile,
    ValidationFailed,
)
from services.events import MessagePosted
from services.messages import NewMessage
from services.orphans import Orphans
from services.principal import Origin, Principal
from services.resume import Position
from services.security_ports import ContentDamaged
from services.trail_ports import TrailEntry
from tests.support.disks import full_after
from tests.support.files import attachments_in
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected
from tests.support.specimens import pdf, photo, picture

ORIGIN = Origin("127.0.0.1", "test", "request", "en")
CANARY = "CANARYordonnanceCANARY"


class Notes:
    def __init__(self) -> None:
        self.entries: list[TrailEntry] = []

    def note(self, entry: TrailEntry) -> None:
        self.entries.append(entry)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def files(tmp_path: Path, database: Database, cipher: AesContentCipher, notes: Notes) -> Attachments:
    return attachments_in(tmp_path, database=database, cipher=cipher, trail=notes)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def chunked(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def put(
    files: Attachments, who: Principal, pair: Pair, data: bytes | None = None, name: str = "letter.pdf"
) -> Attachment:
    content = chunked(pdf() if data is None else data)
    return await files.upload(who, ORIGIN, conversation_id=lambda: pair.conversation_id, name=name, chunks=content)


async def get(files: Attachments, who: Principal, attachment_id: int, *, thumbnail: bool = False) -> bytes:
    file = await files.download(who, ORIGIN, attachment_id=attachment_id, thumbnail=thumbnail)
    return await whole(file, Span(0, file.size))


async def whole(file: Download, span: Span) -> bytes:
    return b"".join([piece async for piece in file.read(span)])


def send(pair: Pair, *attachments: int, content: str = "", **more: object) -> NewMessage:
    return NewMessage(conversation_id=pair.conversation_id, content=content, attachment_ids=attachments, **more)  # type: ignore[arg-type]  # what a test wants beside


async def test_a_file_goes_with_a_message_and_is_seen_everywhere(house: House, files: Attachments) -> None:
    pair = await house.care_pair()
    one = await put(files, pair.first, pair, photo(orientation=6), "photo d’été.jpg")
    two = await put(files, pair.first, pair)
    sent = (await house.messages.post(pair.first, send(pair, two.id, one.id, type="image"))).message
    assert (one.media_type, one.width, one.height, one.has_thumbnail) == ("image/jpeg", 480, 640, True)
    assert sent.attachments == (two, one) and sent.content == ""
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [message.attachments for message in page.items] == [(two, one)]
    [told] = house.published.of(MessagePosted)
    assert told.message.attachments == (two, one)
    synced = await house.resume.sync(pair.second, positions={pair.conversation_id: Position(0, 0)})
    assert "photo d’été.jpg" in repr(synced)
    assert await get(files, pair.second, two.id) == pdf()
    with Image.open(io.BytesIO(await get(files, pair.second, one.id, thumbnail=True))) as small:
        assert small.size == (240, 320)


async def test_the_list_says_what_goes_with_the_last_message(house: House, files: Attachments) -> None:
    pair = await house.care_pair()

    async def last() -> LastFiles | None:
        return (await house.conversations.get(pair.second, conversation_id=pair.conversation_id)).view.last_files

    pictures = [(await put(files, pair.first, pair, photo(), "photo.jpg")).id for _ in range(3)]
    document = (await put(files, pair.first, pair)).id
    await house.messages.post(pair.first, send(pair, *pictures[:2]))
    assert await last() == LastFiles(2, "image")
    sent = (await house.messages.post(pair.first, send(pair, pictures[2], document))).message
    assert await last() == LastFiles(2, "file")
    await house.changes.delete(pair.first, message_id=sent.id)
    assert await last() is None
    await house.say(pair.first, pair, "no file")
    assert await last() is None


async def test_text_goes_on_without_files_and_empty_text_needs_one(house: House, files: Attachments) -> None:
    pair = await house.care_pair()
    [message] = await house.say(pair.first, pair, "no file")
    assert message.attachments == ()
    with pytest.raises(ValidationFailed):
        await house.messages.post(pair.first, send(pair))


async def test_what_was_written_to_a_file_can_be_taken_back_and_other_text_cannot(
    house: House, files: Attachments
) -> None:
    pair = await house.care_pair()
    file = await put(files, pair.first, pair)
    sent = (await house.messages.post(pair.first, send(pair, file.id, content="wrong page"))).message
    edited = await house.changes.edit(pair.first, message_id=sent.id, content="")
    assert (edited.content, edited.attachments) == ("", (file,))
    [bare] = await house.say(pair.first, pair, "no file")
    with pytest.raises(ValidationFailed):
        await house.changes.edit(pair.first, message_id=bare.id, content="")


async def test_a_repeat_names_the_same_files_and_is_no_second_message(house: House, files: Attachments) -> None:
    pair = await house.care_pair()
    one, two = await put(files, pair.first, pair), await put(files, pair.first, pair)
    new = send(pair, one.id, content="see", client_message_id=uuid4())
    first, *others = await asyncio.gather(*(house.messages.post(pair.first, new) for _ in range(4)))
    posted = [first, *others]
    assert {each.message.id for each in posted} == {first.message.id}
    assert sorted(each.duplicate for each in posted) == [False, True, True, True]
    assert all(each.message.attachments == (one,) for each in posted)
    with pytest.raises(Conflict):
        await house.messages.post(pair.first, new._replace(attachment_ids=(two.id,)))
    with pytest.raises(Conflict):
        await house.messages.post(pair.first, new._replace(attachment_ids=()))


async def test_only_ones_own_unused_files_of_that_conversation_can_be_sent(house: House, files: Attachments) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    mine, used = await put(files, pair.first, pair), await put(files, pair.first, pair)
    theirs, elsewhere = await put(files, pair.second, pair), await put(files, other.first, other)
    await house.messages.post(pair.first, send(pair, used.id))
    for attempt in ((used.id,), (theirs.id,), (elsewhere.id,), (10**12,), (mine.id, used.id), (mine.id, mine.id)):
        with pytest.raises(ValidationFailed) as refused:
            await house.messages.post(pair.first, send(pair, *attempt, content="text"))
        assert refused.value.fields is not None and "attachmentIds" in refused.value.fields
    page = await house.history.page(pair.first, conversation_id=pair.conversation_id, limit=10)
    assert len(page.items) == 1, "nothing of what was refused is there"
    with pytest.raises(NotFound):
        await house.messages.post(other.first, send(pair, mine.id))


async def test_the_sixth_file_is_refused(house: House, files: Attachments) -> None:
    pair = await house.care_pair()
    many = [(await put(files, pair.first, pair)).id for _ in range(6)]
    with pytest.raises(ValidationFailed):
        await house.messages.post(pair.first, send(pair, *many))
    assert len((await house.messages.post(pair.first, send(pair, *many[:5]))).message.attachments) == 5


async def test_two_sends_of_one_file_at_once_leave_one_message_and_the_neighbours_text(
    house: House, second_house: House, files: Attachments
) -> None:
    pair = await house.care_pair()
    one = await put(files, pair.first, pair)
    nodes = [house.messages, second_house.messages] * 3
    text = NewMessage(conversation_id=pair.conversation_id, content="only text")
    results = await asyncio.gather(
        *(node.post(pair.first, send(pair, one.id, content=str(n))) for n, node in enumerate(nodes)),
        *(node.post(pair.first, text) for node in nodes),
        return_exceptions=True,
    )
    winners = [each for each in results[:6] if not isinstance(each, BaseException)]
    assert len(winners) == 1
    assert all(isinstance(each, ValidationFailed) for each in results[:6] if isinstance(each, BaseException))
    assert not any(isinstance(each, BaseException) for each in results[6:])
    page = await house.history.page(pair.first, conversation_id=pair.conversation_id, limit=50)
    assert [message.seq for message in page.items] == list(range(1, 8))


async def test_membership_is_asked_each_time(house: House, files: Attachments) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    loose, sent = await put(files, pair.first, pair), await put(files, pair.first, pair)
    message = (await house.messages.post(pair.first, send(pair, sent.id))).message
    assert await get(files, pair.first, loose.id) == pdf()
    for who, attachment_id in ((pair.second, loose.id), (other.first, sent.id), (other.first, loose.id)):
        with pytest.raises(NotFound):
            await get(files, who, attachment_id)
    with pytest.raises(NotFound):
        await put(files, other.first, pair)
    await house.changes.delete(pair.first, message_id=message.id)
    with pytest.raises(NotFound):
        await get(files, pair.second, sent.id)
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert page.items[0].attachments == ()
    await house.end_link(pair)
    with pytest.raises(Forbidden):
        await put(files, pair.first, pair)


async def test_accesses_are_noted_those_that_were_refused_too(house: House, files: Attachments, notes: Notes) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    one = await put(files, pair.first, pair)
    await get(files, pair.first, one.id)
    with pytest.raises(NotFound):
        await get(files, other.first, one.id)
    with pytest.raises(UnsupportedFile):
        await put(files, pair.first, pair, b"MZ" + bytes(100))
    seen = [(entry.action, entry.result, entry.object_id) for entry in notes.entries]
    assert seen == [
        ("attachment.upload", "ok", str(one.id)),
        ("attachment.download", "ok", str(one.id)),
        ("attachment.download", "denied", str(one.id)),
        ("attachment.upload", "denied", None),
    ]
    assert "letter" not in repr(notes.entries)


async def test_nothing_readable_is_at_rest(
    house: House, files: Attachments, tmp_path: Path, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    content = pdf(title=CANARY)
    one = await put(files, pair.first, pair, content, f"{CANARY}.pdf")
    await house.messages.post(pair.first, send(pair, one.id))
    assert CANARY.encode() in await get(files, pair.second, one.id)
    stored = [path.read_bytes() for path in files_in(tmp_path)]
    assert stored and not any(CANARY.encode() in data for data in stored)
    assert not any(CANARY in str(path) or "incoming" in path.parts for path in files_in(tmp_path))
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT a::text, encode(name, 'escape') FROM attachments a")
        assert CANARY not in repr(cursor.fetchall())


async def test_spans_are_those_of_the_file_and_what_was_altered_does_not_open(
    house: House, files: Attachments, tmp_path: Path
) -> None:
    pair = await house.care_pair()
    content = picture("PNG", (900, 700), compress_level=0)
    one = await put(files, pair.first, pair, content, "big.png")
    file = await files.download(pair.first, ORIGIN, attachment_id=one.id)
    kept = await whole(file, Span(0, file.size))
    assert file.size > 10 * 65_536
    for start, length in ((0, 1), (65_535, 2), (65_536, 65_536), (file.size - 1, 1), (100_000, 300_000)):
        assert await whole(file, Span(start, length)) == kept[start : start + length]
    place = max(files_in(tmp_path), key=lambda path: path.stat().st_size)
    good = place.read_bytes()
    first, second = good[1:65_553], good[65_553:131_105]
    for bad in (
        good[:200] + b"\0" + good[201:],
        good[:1] + second + first + good[131_105:],
        good[:-70_000],
        good[:131_105],
    ):
        place.write_bytes(bad)
        with pytest.raises(ContentDamaged):
            await whole(file, Span(0, file.size))


async def test_rows_that_were_swapped_or_altered_fail_closed_and_the_text_stays(
    house: House, files: Attachments, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    one, two = await put(files, pair.first, pair), await put(files, pair.first, pair, picture(), "b.jpg")
    await house.messages.post(pair.first, send(pair, one.id, two.id, content="the text"))
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE attachments SET media_type = 'audio/ogg' WHERE id = %s", (one.id,))
        cursor.execute(
            "UPDATE attachments SET name = (SELECT name FROM attachments WHERE id = %s) WHERE id = %s", (one.id, two.id)
        )
    with pytest.raises(ContentDamaged):
        await get(files, pair.second, one.id)
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    [message] = page.items
    assert message.content == "the text"
    assert [file.name for file in message.attachments] == ["letter.pdf", None]


async def test_a_file_that_the_store_lost_is_not_found_and_its_message_is_there(
    house: House, files: Attachments, tmp_path: Path, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    one = await put(files, pair.first, pair)
    await house.messages.post(pair.first, send(pair, one.id, content="the text"))
    for path in files_in(tmp_path):
        path.unlink()
    with pytest.raises(NotFound):
        await get(files, pair.second, one.id)
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert page.items[0].content == "the text"


async def test_what_is_too_big_is_cut_short_and_leaves_nothing(
    house: House, tmp_path: Path, database: Database, cipher: AesContentCipher
) -> None:
    pair = await house.care_pair()
    files = attachments_in(tmp_path, database=database, cipher=cipher, max_bytes=50_000)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 10_000
            yield b"%PDF-1.7" + bytes(9_992)

    with pytest.raises(PayloadTooLarge):
        await files.upload(
            pair.first, ORIGIN, conversation_id=lambda: pair.conversation_id, name="a.pdf", chunks=endless()
        )
    assert read == 60_000
    assert files_in(tmp_path) == []


async def test_a_full_disk_refuses_no_file_as_damaged(
    house: House, files: Attachments, notes: Notes, tmp_path: Path
) -> None:
    """While it comes in, and while it is looked at."""
    pair = await house.care_pair()
    with full_after(2_000), pytest.raises(Unavailable):
        await files.upload(
            pair.first, ORIGIN, conversation_id=lambda: pair.conversation_id, name="knee.jpg", chunks=chunked(photo())
        )
    assert (files_in(tmp_path), notes.entries) == ([], [])
    key, token, source = AesFileKey.new(), uuid4(), tmp_path / "as-it-came"
    source.write_bytes(b"".join(seal_all(key, photo(), token=token, part=Part.WHOLE)))
    order = Order(
        source=str(source),
        source_key=key.secret.hex(),
        whole="/dev/full",
        thumbnail=str(tmp_path / "thumbnail"),
        key=key.secret.hex(),
        token=token.hex,
        max_pixels=40_000_000,
    )
    with pytest.raises(Unavailable):
        await Inspection().look(order)
    assert (await Inspection().look(replace(order, whole=str(tmp_path / "whole")))).media_type == "image/jpeg"


async def test_orphans_go_and_what_was_sent_stays(
    house: House, files: Attachments, tmp_path: Path, database: Database, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    sent, loose, fresh = [await put(files, pair.first, pair, picture(), "a.jpg") for _ in range(3)]
    await house.messages.post(pair.first, send(pair, sent.id))
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(
            "UPDATE attachments SET created_at = now() - interval '25 hours' WHERE id IN (%s, %s)", (sent.id, loose.id)
        )
        cursor.execute("SELECT token FROM attachments WHERE id <> %s", (loose.id,))
        kept = {store_key(token, part) for (token,) in cursor.fetchall() for part in Part}
    store = FolderStore(tmp_path / "files")
    orphans = Orphans(unit_of_work=database, store=store)
    assert sum(await asyncio.gather(orphans.collect(), orphans.collect())) == 1
    assert {path.name for path in files_in(tmp_path)} == kept
    assert await get(files, pair.second, sent.id) and await get(files, pair.first, fresh.id)
    with pytest.raises(ValidationFailed):
        await house.messages.post(pair.first, send(pair, loose.id))
    assert await orphans.collect() == 0


async def test_an_upload_that_breaks_while_it_is_stored_is_collected(
    house: House, tmp_path: Path, database: Database, cipher: AesContentCipher, clean_database: ScratchDatabase
) -> None:
    class Full(FolderStore):
        async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
            raise OSError("no space left on device")

    pair = await house.care_pair()
    files = attachments_in(tmp_path, database=database, cipher=cipher, store=Full(tmp_path / "files"))
    with pytest.raises(OSError, match="no space"):
        await put(files, pair.first, pair)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE attachments SET created_at = now() - interval '25 hours' RETURNING id")
        [(attachment_id,)] = cursor.fetchall()
    with pytest.raises(NotFound):
        await get(files, pair.first, attachment_id)
    assert await Orphans(unit_of_work=database, store=FolderStore(tmp_path / "files")).collect() == 1


async def test_the_servers_role_cannot_take_a_sent_file_away(
    house: House, files: Attachments, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    one = await put(files, pair.first, pair)
    await house.messages.post(pair.first, send(pair, one.id))
    with connected(clean_database.server_url) as cursor:
        cursor.execute("SELECT forget_attachments(ARRAY[%s]::bigint[])", (one.id,))
        assert cursor.fetchall() == [(0,)]
    assert await get(files, pair.second, one.id) == pdf()
