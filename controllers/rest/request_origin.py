"""Origin of a request: made once by the middleware, kept with the request."""

import os
import re
from collections.abc import Callable

from aiohttp import web

from controllers.i18n import choose_language
from services.principal import Origin

ORIGIN = web.RequestKey("origin", Origin)
LONGEST_DEVICE = 200
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def make_origin(request: web.BaseRequest, address_of: Callable[[web.BaseRequest], str]) -> Origin:
    """A request id of the caller's (a proxy's, a script's) is kept when it is harmless in a log."""
    given = request.headers.get("X-Request-Id")
    agent = request.headers.get("User-Agent", "")
    if not agent.isprintable():
        agent = "".join(filter(str.isprintable, agent))
    return Origin(
        address=address_of(request),
        device=agent[:LONGEST_DEVICE],
        request_id=given if given and _SANE_ID.fullmatch(given) else os.urandom(16).hex(),
        language=choose_language(request.headers.get("Accept-Language")),
    )
