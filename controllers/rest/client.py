"""The built web client (web/dist): read once, kept in memory with what was compressed when it was built, and served from
our own origin only. A path is looked up in a table, never on the disk."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

from controllers.rest.client_missing import CLIENT_MISSING

CONTENT_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
TEXTS = frozenset({".html", ".js", ".css", ".svg", ".json", ".webmanifest"})
# Smallest first; what a browser takes is the first that it names.
ENCODINGS = {"br": ".br", "gzip": ".gz"}
# The client's own addresses: it reads them itself, so that all of them give its one page.
ADDRESSES = (
    "/",
    *(f"/{part}{{tail:(/.*)?}}" for part in ("conversations", "search", "settings", "mentors", "forum", "admin")),
)
HASHED = re.compile(r"-[\w-]{8}\.\w+$", re.ASCII)
# No inline script or style, nothing from elsewhere, no frame around us; blob: is what a person is about to send.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = "no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """`bodies`: by Content-Encoding, the plain one under ""."""

    content_type: str
    is_text: bool
    etag: str
    cache: str
    bodies: Mapping[str, bytes]

    @classmethod
    def read(cls, path: Path) -> "File":
        plain = path.read_bytes()
        compressed = {name: path.with_name(path.name + suffix) for name, suffix in ENCODINGS.items()}
        return cls(
            content_type=CONTENT_TYPES[path.suffix],
            is_text=path.suffix in TEXTS,
            etag=hashlib.sha256(plain).hexdigest()[:32],
            cache=FOR_GOOD if HASHED.search(path.name) else ALWAYS,
            bodies={"": plain, **{name: there.read_bytes() for name, there in compressed.items() if there.is_file()}},
        )


class Client:
    """`folder` is what `make web` built. Without it the page answers 503 with a sentence that says what to do."""

    def __init__(self, folder: Path) -> None:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in CONTENT_TYPES]
        self._files = {path.relative_to(folder).as_posix(): File.read(path) for path in paths}

    def routes(self) -> list[web.RouteDef]:
        top = [name for name in self._files if "/" not in name and not name.endswith(".html")]
        return [
            *(web.get(address, self._page) for address in ADDRESSES),
            web.get("/{folder:assets|embed|demo}/{name:.+}", self._asset),
            web.get("/demo", self._demo),
            *(web.get(f"/{name}", self._named) for name in top),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return self._html(request, "index.html")

    async def _demo(self, request: web.Request) -> web.StreamResponse:
        """A patient file of somebody else's, with our buttons in it."""
        return self._html(request, "demo/index.html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._found(request, f"{request.match_info['folder']}/{request.match_info['name']}")

    async def _named(self, request: web.Request) -> web.StreamResponse:
        return self._found(request, request.path.removeprefix("/"))

    def _html(self, request: web.Request, name: str) -> web.StreamResponse:
        page = self._files.get(name)
        return _missing() if page is None else _answer(request, page)

    def _found(self, request: web.Request, name: str) -> web.StreamResponse:
        file = self._files.get(name)
        if file is None or name.endswith(".html"):
            raise web.HTTPNotFound
        return _answer(request, file)


def _answer(request: web.Request, file: File) -> web.StreamResponse:
    headers = {"Cache-Control": file.cache, "Content-Security-Policy": POLICY, "Vary": hdrs.ACCEPT_ENCODING}
    response = web.Response(headers=headers)
    response.etag = file.etag
    if any(tag.value in (file.etag, "*") for tag in request.if_none_match or ()):
        response.set_status(304)
        return response
    encoding = _encoding(request.headers.get(hdrs.ACCEPT_ENCODING, ""), file)
    if encoding:
        response.headers[hdrs.CONTENT_ENCODING] = encoding
    response.body = file.bodies[encoding]
    response.content_type = file.content_type
    if file.is_text:
        response.charset = "utf-8"
    return response


def _encoding(accepted: str, file: File) -> str:
    """What this browser takes and the file has; one refused by `q=0` is not taken."""
    offers = {name.strip(): quality.strip() for name, _, quality in (one.partition(";") for one in accepted.split(","))}
    taken = (name for name in ENCODINGS if name in file.bodies and offers.get(name, "q=0") not in ("q=0", "q=0.0"))
    return next(taken, "")


def _missing() -> web.StreamResponse:
    headers = {"Cache-Control": ALWAYS, "Content-Security-Policy": POLICY}
    return web.Response(text=CLIENT_MISSING, status=503, content_type="text/html", headers=headers)
