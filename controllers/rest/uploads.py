"""A form with one file, read as it comes: first its fields, then the file, then nothing more."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, ClientError, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from marshmallow import Schema

from controllers.rest.contract import Upload
from controllers.rest.request_parts import BODY_SECONDS, load
from services.errors import ValidationFailed

MOST_FIELDS = 10
FIELD_BYTES = 1000
PIECE = 65_536
# What is raised for a form that is none, that ends in the middle, or that does not get on.
BROKEN = (ValueError, ClientError, ConnectionError, EOFError, TimeoutError, HttpProcessingError)


async def open_upload(request: web.Request, schema: Schema) -> Upload:
    """Raises ValidationFailed and marshmallow.ValidationError. The file has not been read when this returns."""
    if request.content_type != "multipart/form-data" or "boundary" not in request.headers.get("Content-Type", ""):
        raise ValidationFailed(fields={"_": "not_multipart"})
    # aiohttp would inflate it for us, bombs included.
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValidationFailed(fields={"_": "encoded_body"})
    try:
        async with asyncio.timeout(BODY_SECONDS):
            form = await request.multipart()
            given, file = await _fields(form)
    except BROKEN as error:
        raise ValidationFailed(fields={"_": "bad_multipart"}) from error
    return Upload(load(schema, given), file.filename or "", _chunks(form, file))


async def _fields(form: MultipartReader) -> tuple[dict[str, str], BodyPartReader]:
    """What comes before the file, and the file."""
    given: dict[str, str] = {}
    for _ in range(MOST_FIELDS):
        part = await form.next()
        if part is None:
            raise ValidationFailed(fields={"file": "required"})
        if not isinstance(part, BodyPartReader) or part.name is None or part.name in given:
            raise ValidationFailed(fields={"_": "bad_multipart"})
        if part.filename is not None:
            if part.name != "file":
                raise ValidationFailed(fields={part.name[:100]: "unknown_field"})
            return given, part
        given[part.name] = await _text(part)
    raise ValidationFailed(fields={"_": "bad_multipart"})


async def _text(part: BodyPartReader) -> str:
    """UnicodeDecodeError is a ValueError."""
    raw = b""
    while piece := await part.read_chunk(FIELD_BYTES):
        raw += piece
        if len(raw) > FIELD_BYTES:
            raise ValueError("too long")
    return raw.decode()


async def _chunks(form: MultipartReader, file: BodyPartReader) -> AsyncIterator[bytes]:
    try:
        while piece := await file.read_chunk(PIECE):
            yield bytes(piece)
        following = await form.next()
    except BROKEN as error:
        raise ValidationFailed(fields={"_": "bad_multipart"}) from error
    if following is not None:
        raise ValidationFailed(fields={"_": "one_file"})
