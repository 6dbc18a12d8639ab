"""The page at `/` and what it loads: read once, kept in memory, served from our own origin only."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from controllers.rest.page_missing import CLIENT_MISSING

CONTENT_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
SOCKET_IO_CLIENT = "socket.io.esm.min.js"
# No inline script or style, nothing from elsewhere, no frame around us; the socket is same-origin and so 'self'.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, content_type: str) -> "Asset":
        return cls(body, content_type, hashlib.sha256(body).hexdigest()[:32])


def page_routes(web_folder: Path) -> list[web.RouteDef]:
    """Routes of `web/page` and of the Socket.IO client that npm put into `web/node_modules`.

    Only the files that are there now are served: a path is looked up in a table, never on the disk. Without the client
    (nobody ran npm) the page itself answers 503 with a sentence that says what to do.
    """
    folder = web_folder / "page"
    served = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in CONTENT_TYPES]
    page = {path.relative_to(folder).as_posix(): _read(path) for path in served}
    client = web_folder / "node_modules" / "socket.io-client" / "dist" / SOCKET_IO_CLIENT
    routes = [_route(f"/assets/page/{name}", asset) for name, asset in page.items() if name != "index.html"]
    if not client.is_file() or "index.html" not in page:
        return [*routes, web.get("/old", _missing)]
    return [*routes, _route("/old", page["index.html"])]


def _read(path: Path) -> Asset:
    return Asset.of(path.read_bytes(), CONTENT_TYPES[path.suffix])


def _route(path: str, asset: Asset) -> web.RouteDef:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.Response(headers=HEADERS)
        response.etag = asset.etag
        if any(tag.value in (asset.etag, "*") for tag in request.if_none_match or ()):
            response.set_status(304)
            return response
        response.body = asset.body
        response.content_type = asset.content_type
        response.charset = "utf-8"
        return response

    return web.get(path, serve)


async def _missing(_: web.Request) -> web.StreamResponse:
    return web.Response(text=CLIENT_MISSING, status=503, content_type="text/html", headers=HEADERS)
