"""A form with one file, read as it comes. Its fields stand before the file, or behind it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import BodyPartReader, ClientError, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from marshmallow import Schema

from controllers.rest.request_parts import BODY_SECONDS, load
from services.errors import ValidationFailed

MOST_FIELDS = 10
FIELD_BYTES = 1000
PIECE = 65_536
# What is raised for a form that is none, that ends in the middle, or that does not get on.
BROKEN = (ValueError, ClientError, ConnectionError, EOFError, TimeoutError, HttpProcessingError)


async def open_upload(request: web.Request, schema: Schema, arrived: Callable[[], Awaitable[object]]) -> "Form":
    """The file has not been read when this returns. `arrived` is awaited when it was, and may still raise.

    Raises ValidationFailed and marshmallow.ValidationError.
    """
    if request.content_type != "multipart/form-data" or "boundary" not in request.headers.get("Content-Type", ""):
        raise ValidationFailed(fields={"_": "not_multipart"})
    # aiohttp would inflate it for us, bombs included.
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValidationFailed(fields={"_": "encoded_body"})
    try:
        async with asyncio.timeout(BODY_SECONDS):
            parts = _Parts(await request.multipart())
            file = await parts.next_file()
    except BROKEN as error:
        raise ValidationFailed(fields={"_": "bad_multipart"}) from error
    if file is None:
        raise ValidationFailed(fields={"file": "required"})
    return Form(parts, file, schema, arrived)


class _Parts:
    """`given` are the fields that have been read."""

    def __init__(self, reader: MultipartReader) -> None:
        self._reader = reader
        self.given: dict[str, str] = {}

    async def next_file(self) -> BodyPartReader | None:
        """The fields before it have been read when this returns."""
        while (part := await self._reader.next()) is not None:
            if not isinstance(part, BodyPartReader) or part.name is None or part.name in self.given:
                raise ValidationFailed(fields={"_": "bad_multipart"})
            if part.filename is not None:
                if part.name != "file":
                    raise ValidationFailed(fields={part.name[:100]: "unknown_field"})
                return part
            if len(self.given) == MOST_FIELDS:
                raise ValidationFailed(fields={"_": "bad_multipart"})
            self.given[part.name] = await _text(part)
        return None


class Form:
    """controllers.rest.contract.Upload."""

    def __init__(
        self, parts: _Parts, file: BodyPartReader, schema: Schema, arrived: Callable[[], Awaitable[object]]
    ) -> None:
        self._parts = parts
        self._file = file
        self._schema = schema
        self._arrived = arrived
        self.name = file.filename or ""
        all_there = all((kind.data_key or name) in parts.given for name, kind in schema.load_fields.items())
        self.fields = load(schema, parts.given) if all_there else None

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            while piece := await self._file.read_chunk(PIECE):
                yield bytes(piece)
            following = await self._parts.next_file()
        except BROKEN as error:
            raise ValidationFailed(fields={"_": "bad_multipart"}) from error
        if following is not None:
            raise ValidationFailed(fields={"_": "one_file"})
        self.fields = load(self._schema, self._parts.given)
        await self._arrived()


async def _text(part: BodyPartReader) -> str:
    """UnicodeDecodeError is a ValueError."""
    raw = b""
    while piece := await part.read_chunk(FIELD_BYTES):
        raw += piece
        if len(raw) > FIELD_BYTES:
            raise ValueError("too long")
    return raw.decode()
