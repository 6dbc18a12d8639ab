"""The WebSocket side of one transport, opened at once or as an upgrade of polling."""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from server.realtime.frames import PROBE_PONG

if TYPE_CHECKING:
    from server.realtime.engine_socket import EngineSocket

PROBE, UPGRADE = "2probe", "5"
PROBE_TIMEOUT = 10.0


async def serve_websocket(socket: "EngineSocket", request: web.Request) -> web.StreamResponse:
    """Reads until the connection ends. A failed probe leaves the polling transport as it was."""
    largest = socket.limits.max_frame_bytes
    # aiohttp refuses what is as long as the limit, the contract what is longer.
    response = web.WebSocketResponse(compress=False, max_msg_size=largest + 1 if largest else 0, timeout=0.5)
    await response.prepare(request)
    if not socket.connected:
        socket.open([])
    elif not await _probed(socket, response):
        await response.close()
        return response
    wire = request.transport
    if wire is None or socket.closed:
        return response
    socket.attach(wire)
    try:
        await _read(socket, response)
    finally:
        socket.end()
    return response


async def _probed(socket: "EngineSocket", response: web.WebSocketResponse) -> bool:
    """Whether the client has come over. Of several that probe at once the first one counts."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            if not await _says(response, PROBE) or socket.upgrading or socket.upgraded:
                return False
            return await _upgraded(socket, response)
    except (TimeoutError, ConnectionError):
        return False


async def _upgraded(socket: "EngineSocket", response: web.WebSocketResponse) -> bool:
    """Packets are held from the probe to the upgrade, so that none is written to a poll that the client has given up."""
    socket.upgrading = True
    try:
        await response.send_str(PROBE_PONG.decode())
        socket.polling.wake()
        return await _says(response, UPGRADE) and not socket.closed
    finally:
        socket.upgrading = False


async def _says(response: web.WebSocketResponse, text: str) -> bool:
    message = await response.receive()
    return message.type is WSMsgType.TEXT and message.data == text


async def _read(socket: "EngineSocket", response: web.WebSocketResponse) -> None:
    while not socket.closed:
        message = await response.receive()
        if message.type is WSMsgType.TEXT:
            socket.receive(message.data)
        elif message.type is WSMsgType.BINARY:
            socket.cut("binary")
        else:
            if message.type is WSMsgType.ERROR:
                socket.cut("protocol")
            return
