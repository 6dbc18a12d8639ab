"""The file store in a bucket of S3 or of what speaks its protocol."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from services.errors import Unavailable
from services.file_ports import FileMissing

PIECE = 262_144
# Each but the last must have 5 MiB at least; one of them is in memory for each write under way.
PART_BYTES = 5 * 1024 * 1024
MISSING = ("NoSuchKey", "404")


class S3Store:
    """services.file_ports.FileStore. Where the credentials come from is boto's affair (environment, file, role).

    Connects when first used; what the store cannot do for the moment is Unavailable.
    """

    def __init__(self, *, bucket: str, endpoint: str, region: str, prefix: str = "") -> None:
        self._bucket = bucket
        self._endpoint = endpoint or None
        self._region = region or None
        self._prefix = prefix
        self._resources = AsyncExitStack()
        self._client: Any = None

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """In one piece when it is small, else in parts that are seen by nobody before the last one."""
        try:
            first, rest = await _at_least(chunks, PART_BYTES)
            client = await self._connected()
            if not rest:
                await client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=first)
                return len(first)
            return await self._write_parts(client, self._prefix + key, first, chunks)
        except (BotoCoreError, ClientError, OSError) as error:
            raise Unavailable from error

    async def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        if length == 0:
            return
        until = "" if length is None else str(start + length - 1)
        try:
            client = await self._connected()
            answer = await client.get_object(
                Bucket=self._bucket, Key=self._prefix + key, Range=f"bytes={start}-{until}"
            )
            async with answer["Body"] as body:
                async for piece in body.iter_chunks(PIECE):
                    yield piece
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                raise FileMissing(key) from error
            raise Unavailable from error
        except (BotoCoreError, OSError) as error:
            raise Unavailable from error

    async def delete(self, key: str) -> None:
        try:
            client = await self._connected()
            await client.delete_object(Bucket=self._bucket, Key=self._prefix + key)
        except (BotoCoreError, ClientError, OSError) as error:
            raise Unavailable from error

    async def keys(self) -> AsyncIterator[str]:
        client = await self._connected()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        async for page in pages:
            for item in page.get("Contents", ()):
                yield item["Key"].removeprefix(self._prefix)

    async def close(self) -> None:
        await self._resources.aclose()
        self._client = None

    async def _connected(self) -> Any:
        if self._client is None:
            config = AioConfig(connect_timeout=3, read_timeout=20, retries={"max_attempts": 2})
            client = get_session().create_client(
                "s3", endpoint_url=self._endpoint, region_name=self._region, config=config
            )
            self._client = await self._resources.enter_async_context(client)
        return self._client

    async def _write_parts(self, client: Any, key: str, first: bytes, chunks: AsyncIterator[bytes]) -> int:
        place = {"Bucket": self._bucket, "Key": key}
        upload = (await client.create_multipart_upload(**place))["UploadId"]
        parts: list[dict[str, Any]] = []
        size, data = 0, first
        try:
            while data:
                number = len(parts) + 1
                part = await client.upload_part(**place, UploadId=upload, PartNumber=number, Body=data)
                parts.append({"PartNumber": number, "ETag": part["ETag"]})
                size += len(data)
                data, _ = await _at_least(chunks, PART_BYTES)
            await client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
        except BaseException:
            await client.abort_multipart_upload(**place, UploadId=upload)
            raise
        return size


async def _at_least(chunks: AsyncIterator[bytes], wanted: int) -> tuple[bytes, bool]:
    """So many bytes, or all that are left; and whether there may be more."""
    data = bytearray()
    async for chunk in chunks:
        data += chunk
        if len(data) >= wanted:
            return bytes(data), True
    return bytes(data), False
