"""A conversation as JSON and as a page for people, written piece by piece."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from html import escape
from typing import Any
from urllib.parse import quote

from services.export_ports import Plain
from services.unreadable import SAID_INSTEAD

_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "article{border-top:1px solid #999;padding:.5rem 0;break-inside:avoid}article p{white-space:pre-wrap;"
    "overflow-wrap:anywhere;margin:.25rem 0}small{color:#444}.mark{font-weight:bold}@media print{body{margin:0}}"
)
_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


async def json_document(head: Plain, messages: AsyncIterator[Plain]) -> AsyncIterator[bytes]:
    """One object: the head's fields and `messages`."""
    yield _json(head)[:-1] + b',"messages":['
    separator = b"\n"
    async for message in messages:
        yield separator + _json(message)
        separator = b",\n"
    yield b"\n]}\n"


async def html_document(head: Plain, messages: AsyncIterator[Plain]) -> AsyncIterator[bytes]:
    """Needs nothing from outside, and nothing in it can run."""
    names = {person["userId"]: person["name"] for person in head["participants"]}
    title = escape(f"Conversation {head['conversation']['id']}")
    yield (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><main><h1>{title}</h1>\n"
        + "".join(f"<p>{escape(line)}</p>\n" for line in head_lines(head))
    ).encode()
    async for message in messages:
        yield _article(message, names).encode()
    yield b"</main></body></html>\n"


def head_lines(head: Plain) -> list[str]:
    """What stands above the messages, for people."""
    about = head["conversation"]["context"]
    people = ", ".join(f"{person['name']} ({person['role']})" for person in head["participants"])
    return [
        people,
        *([f"{about['type']} {about['id']}"] if about else []),
        f"Export {head['exportedAt']} (UTC) · 1–{head['upToSeq']}",
    ]


def message_lines(message: Plain, names: dict[int, str]) -> tuple[str, str, list[str]]:
    """Who and when; the text; marks and receipts. All times are UTC."""
    title = f"#{message['seq']} · {message['senderName'] or 'système / system'} · {message['sentAt']}"
    marks = [
        text
        for text, holds in (
            ("urgent", message["isUrgent"]),
            ("réponse attendue / response required", message["requiresResponse"]),
            (f"modifié / edited {message['editedAt']}", message["editedAt"]),
            (f"supprimé / deleted {message['deletedAt']}", message["deletedAt"]),
        )
        if holds
    ]
    read = [
        f"lu / read {receipt['readAt']}: {names.get(receipt['userId'], receipt['userId'])}"
        for receipt in message["receipts"]
        if receipt["readAt"]
    ]
    files = [f"pièce jointe / attachment: {_named(file)}" for file in message["attachments"]]
    return title, _text(message["content"]), files + marks + read


def _text(content: Any) -> str:
    """What the system says is data; here it is for people."""
    if isinstance(content, str):
        return content
    code, params = content["code"], content["params"]
    if code == "context_version_changed":
        version = params["version"]
        return f"Une nouvelle version ({version}) existe. / There is a new version ({version})."
    if code == SAID_INSTEAD["code"]:
        return "Ce message ne peut plus être lu. / This message cannot be read any more."
    return f"{code} {json.dumps(params, ensure_ascii=False)}"


def _named(file: Plain) -> str:
    return f"{file['name'] or file['id']} ({file['mediaType']}, {file['size']} octets / bytes)"


def _article(message: Plain, names: dict[int, str]) -> str:
    title, text, notes = message_lines(message, names)
    lines = "".join(f"<br>{escape(note)}" for note in notes)
    lines += "".join(
        f'<br><a href="{escape(quote(file["path"]))}">{escape(_named(file))}</a>'
        for file in message["attachments"]
        if file["path"]
    )
    return f"<article><small>{escape(title)}</small><p>{escape(text)}</p><small>{lines}</small></article>\n"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
