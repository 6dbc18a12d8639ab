"""/api/docs and the documents behind it: all from our own origin, nothing inline, so that the strict policy holds."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from controllers.rest.docs_html import events_page, rest_page, try_page

MakeDocument = Callable[[], Mapping[str, Any]]

SWAGGER_FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
START_SCRIPT = """\
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#swagger", validatorUrl: null, docExpansion: "list" });
});
"""
STYLE = """\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; }
nav a { margin-right: 1rem; }
details { border-bottom: 1px solid #8884; padding: .4rem 0; }
summary { cursor: pointer; padding: .2rem 0; }
pre { background: #8882; border-radius: .4rem; max-height: 24rem; overflow: auto; padding: .6rem; }
table { border-collapse: collapse; }
td { border-top: 1px solid #8884; padding: .2rem .8rem .2rem 0; vertical-align: top; }
#swagger { background: #fff; color-scheme: light; }
"""


class Docs:
    """`openapi` and `asyncapi` make their document, which takes a moment and so waits until somebody asks for it.

    `swagger_folder`: Swagger UI as the web client's build puts it there; without it the page to try says what is missing.
    """

    def __init__(self, *, openapi: MakeDocument, asyncapi: MakeDocument, swagger_folder: Path) -> None:
        installed = _installed(swagger_folder)
        self._assets = {
            "docs.css": (STYLE.encode(), "text/css"),
            "start.js": (START_SCRIPT.encode(), "text/javascript"),
            **installed,
        }
        scripts = [_address(name) for name in ("swagger-ui-bundle.js", "start.js") if installed]
        styles = [_address("swagger-ui.css") for _ in installed][:1]
        self._pages: dict[str, tuple[Callable[[], str], str]] = {
            "/api/docs": (lambda: rest_page(openapi()), "text/html"),
            "/api/docs/events": (lambda: events_page(asyncapi()), "text/html"),
            "/api/docs/try": (lambda: try_page(scripts, styles), "text/html"),
            "/api/openapi.json": (lambda: json.dumps(openapi()), "application/json"),
            "/api/asyncapi.json": (lambda: json.dumps(asyncapi()), "application/json"),
        }
        self._made: dict[str, bytes] = {}
        self._making = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        pages = [web.get(path, self._page) for path in self._pages]
        return [*pages, web.get("/api/docs/assets/{name}", self._asset)]

    async def _page(self, request: web.Request) -> web.Response:
        make, content_type = self._pages[request.path]
        async with self._making:  # one at a time, off the loop: the others find it made
            if request.path not in self._made:
                self._made[request.path] = (await asyncio.to_thread(make)).encode()
        return _response(self._made[request.path], content_type)

    async def _asset(self, request: web.Request) -> web.Response:
        """Only names on the list: the path of a request never meets the disk."""
        found = self._assets.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return _response(*found)


def _installed(folder: Path) -> dict[str, tuple[bytes, str]]:
    """All files of Swagger UI, or none."""
    paths = {name: folder / name for name in SWAGGER_FILES}
    if not all(path.is_file() for path in paths.values()):
        return {}
    return {name: (path.read_bytes(), SWAGGER_FILES[name]) for name, path in paths.items()}


def _address(name: str) -> str:
    return f"/api/docs/assets/{name}"


def _response(body: bytes, content_type: str) -> web.Response:
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers={"Cache-Control": "no-cache"})
