"""What each type is taken for, what is taken off it, and what is refused. Promise 14."""

import importlib
import io
from collections.abc import Callable

import pytest
from PIL import Image

from server.files.looking.kinds import HEAD_BYTES, kind_of
from server.files.looking.looked import Limits, Looked, Refused
from tests.support.hostile import HOSTILE, Hostile
from tests.support.specimens import GOOD, doc, docx, pdf, photo, picture, png, relation

LIMITS = Limits(max_pixels=40_000_000)
SECRET = "GPS 48.85 2.35"


def look(data: bytes) -> Looked:
    kind = kind_of(data[:HEAD_BYTES])
    if kind is None:
        raise Refused("file_type", "no type that is taken")
    module, function = kind.looker
    looked = getattr(importlib.import_module(f"server.files.looking.{module}"), function)(data, LIMITS)
    assert isinstance(looked, Looked)
    return looked


@pytest.mark.parametrize("name", GOOD)
def test_every_type_of_the_contract_is_taken_by_its_content(name: str) -> None:
    make, media_type = GOOD[name]
    kind = kind_of(make()[:HEAD_BYTES])
    assert kind is not None and kind.media_type == media_type
    assert look(make()).data


def test_there_are_at_least_sixty_hostile_files() -> None:
    assert len(HOSTILE) >= 60


NAMED_WELL = [case for case in HOSTILE if case[2] != "file_not_its_name"]


@pytest.mark.parametrize("case", NAMED_WELL, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(NAMED_WELL)])
def test_hostile_files_are_refused(case: Hostile) -> None:
    """What a parser raises instead counts as file_damaged, as server.files.looking.__main__ has it."""
    _, make, reason = case
    data = make()
    try:
        look(data)
    except Refused as refusal:
        assert refusal.reason == reason, refusal.detail
    except Exception as error:  # noqa: BLE001  # whatever a parser raises is a refusal
        assert reason == "file_damaged", repr(error)
    else:
        raise AssertionError("it was taken")


@pytest.mark.parametrize("make", [photo, lambda: png(secret=SECRET)])
def test_pictures_lose_what_their_camera_told_and_nothing_else(make: Callable[[], bytes]) -> None:
    before = make()
    assert SECRET.encode() in before or form_of(before) == "PNG"
    looked = look(before)
    assert b"GPS" not in looked.data and b"xmp" not in looked.data and b"Exif" not in looked.data
    assert Image.open(io.BytesIO(looked.data)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def form_of(data: bytes) -> str | None:
    return Image.open(io.BytesIO(data)).format


def test_the_way_up_is_kept_and_nothing_beside_it() -> None:
    looked = look(photo(orientation=6))
    with Image.open(io.BytesIO(looked.data)) as image:
        assert dict(image.getexif()) == {0x0112: 6}
    assert (looked.width, looked.height) == (480, 640)
    assert looked.thumbnail is not None
    assert b"GPS" not in looked.thumbnail
    with Image.open(io.BytesIO(looked.thumbnail)) as small:
        assert small.format == "JPEG" and small.size == (240, 320) and dict(small.getexif()) == {}


def test_progressive_pictures_and_those_with_restarts_stay_whole() -> None:
    for options in ({"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0, "icc_profile": b"x" * 500}):
        before = picture(**options)
        assert Image.open(io.BytesIO(look(before).data)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_what_comes_after_a_picture_is_cut_off_when_it_is_no_file_of_another_type() -> None:
    assert look(picture() + b"\0\0\0\x18ftypmp42 a phone's motion picture").data == picture()


def test_links_that_people_click_on_may_lead_out() -> None:
    look(docx({"word/_rels/document.xml.rels": relation("hyperlink", "https://has-sante.fr/")}))


def test_words_about_a_substance_are_no_program() -> None:
    look(docx(text="Taux de DDE dans le sang"))


def test_documents_with_other_streams_are_taken() -> None:
    look(doc(streams={"1Table": b"x", "Data": b"y"}))


def test_a_pdf_may_end_in_blanks() -> None:
    look(pdf() + b"\r\n\0")
