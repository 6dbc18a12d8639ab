"""Files as answers that are made or opened while they are sent: never shown in place."""

import structlog
from aiohttp import web

from services.errors import DomainError
from services.exports import Stream

log = structlog.get_logger(__name__)
# Whatever a browser takes it for: no script, no form, no plugin, no origin.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


async def send_stream(request: web.Request, stream: Stream) -> web.StreamResponse:
    """The first bytes are there before the answer begins, so that what is wrong can still be said.

    `stream.name` is ours: ASCII without quotes.
    """
    first = await anext(stream.chunks)
    headers = {
        "Content-Type": stream.media_type,
        "Content-Disposition": f'attachment; filename="{stream.name}"',
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    response = web.StreamResponse(headers=headers)
    response.content_length = stream.size
    await response.prepare(request)
    try:
        await response.write(first)
        async for chunk in stream.chunks:
            await response.write(chunk)
        await response.write_eof()
    except ConnectionError:
        log.debug("stream_left")  # the reader has seen enough
    except DomainError as error:  # as below, but nobody's fault: the right to it has ended
        log.info("stream_ended", code=error.code)
        if request.transport is not None:
            request.transport.abort()
    except Exception:  # the status is sent: all that is left is not to pretend an end
        log.exception("stream_broken")
        if request.transport is not None:
            request.transport.abort()
    return response
