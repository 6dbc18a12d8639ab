"""An upload as a browser makes it."""

import io
from typing import Any

import aiohttp

from tests.support.clinic import Person
from tests.support.rest import Answer

PATH = "/api/messaging/attachments"
BOUNDARY = "a-line-that-is-in-no-file"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


async def upload(
    session: aiohttp.ClientSession,
    url: str,
    who: Person,
    conversation_id: object,
    data: bytes,
    name: str = "letter.pdf",
) -> tuple[int, Any]:
    # As browsers write it, names as they are; what the client says of the type is of no account.
    form = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="conversationId"\r\n\r\n{conversation_id}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/html\r\n\r\n'
    ).encode() + data
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": FORM}
    form += f"\r\n--{BOUNDARY}--\r\n".encode()
    async with session.post(f"{url}{PATH}", data=io.BytesIO(form), headers=headers) as reply:
        return reply.status, await reply.json()


async def show_oneself(
    session: aiohttp.ClientSession, url: str, who: Person, data: bytes, name: str = "me.jpg"
) -> Answer:
    """A mentor's picture."""
    form = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": FORM}
    whole = io.BytesIO(form + f"\r\n--{BOUNDARY}--\r\n".encode())
    async with session.put(f"{url}/api/mentors/me/avatar", data=whole, headers=headers) as reply:
        return Answer(reply.status, await reply.json())
