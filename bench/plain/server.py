"""For scale: python-socketio on aiohttp as its documentation shows it, with uvloop and aiopg. It does what the peer does.

DATABASE_URL=… PORT=5102 python bench/plain/server.py                      serves
DATABASE_URL=… python bench/plain/server.py seed 2000 > pairs.jsonl        makes the tables and N pairs
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

import aiopg
import jwt
import socketio
import uvloop
from aiohttp import web

SECRET = "benchmark-secret-benchmark-secret-0123"  # noqa: S105 -- it guards nothing
TABLES = """
drop table if exists plain_messages, plain_conversations;
create table plain_conversations(id serial primary key, patient_id int not null, doctor_id int not null,
  status varchar(20) default 'active', last_message_at timestamptz default now(), updated_at timestamptz default now(),
  unique(patient_id, doctor_id));
create table plain_messages(id bigserial primary key, conversation_id int not null references plain_conversations(id),
  sender_id int not null, content text not null, sent_at timestamptz default now(), is_read boolean default false);
create index on plain_messages(conversation_id, id);
"""
PAIRS = "insert into plain_conversations(patient_id, doctor_id) select 2*k-1, 2*k from generate_series(1, %s) k"
MEMBER = "select 1 from plain_conversations where id = %s and (patient_id = %s or doctor_id = %s)"
INSERT = """insert into plain_messages(conversation_id, sender_id, content) values (%s, %s, %s)
returning id, conversation_id, sender_id, content, sent_at, is_read"""
TOUCH = "update plain_conversations set last_message_at = now(), updated_at = now() where id = %s"
NOT_FOUND = {"ok": False, "error": {"code": "NOT_FOUND"}}


class Chat(socketio.AsyncNamespace):  # type: ignore[misc]  # the library ships no types
    def __init__(self, pool: aiopg.Pool) -> None:
        super().__init__("/")
        self._pool = pool

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: dict[str, str]) -> None:
        try:
            claims = jwt.decode(auth["token"], SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError as error:
            raise ConnectionRefusedError("AUTH_REQUIRED") from error
        await self.save_session(sid, {"user": int(claims["sub"])})
        await self.emit("connection_established", {"userId": int(claims["sub"]), "userRole": claims["role"]}, to=sid)

    async def on_join_room(self, sid: str, data: dict[str, Any]) -> dict[str, Any]:
        user, conversation = await self._user(sid), data["conversationId"]
        if not await self._is_member(conversation, user):
            return NOT_FOUND
        await self.enter_room(sid, room(conversation))
        await self.emit("room_joined", {"conversationId": conversation}, to=sid)
        return {"ok": True}

    async def on_send_message(self, sid: str, data: dict[str, Any]) -> dict[str, Any]:
        user, conversation = await self._user(sid), data["conversationId"]
        if not await self._is_member(conversation, user):
            return NOT_FOUND
        async with self._pool.acquire() as connection, connection.cursor() as cursor, cursor.begin():
            await cursor.execute(INSERT, (conversation, user, data["content"]))
            names, row = [column.name for column in cursor.description or ()], await cursor.fetchone()
            await cursor.execute(TOUCH, (conversation,))
        message = dict(zip(names, row, strict=True))
        message["sent_at"] = message["sent_at"].isoformat()
        await self.emit("new_message", {"message": message, "conversationId": conversation}, room=room(conversation))
        return {"ok": True, "message": message}

    async def on_typing_start(self, sid: str, data: dict[str, Any]) -> None:
        user, conversation = await self._user(sid), data["conversationId"]
        said = {"conversationId": conversation, "userId": user}
        await self.emit("typing_start", said, room=room(conversation), skip_sid=sid)

    async def _user(self, sid: str) -> int:
        return int((await self.get_session(sid))["user"])

    async def _is_member(self, conversation: int, user: int) -> bool:
        async with self._pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(MEMBER, (conversation, user, user))
            return await cursor.fetchone() is not None


def room(conversation: int) -> str:
    return f"conversation_{conversation}"


async def application() -> web.Application:
    app, sockets = web.Application(), socketio.AsyncServer(async_mode="aiohttp")
    sockets.register_namespace(Chat(await aiopg.create_pool(os.environ["DATABASE_URL"], maxsize=10)))
    sockets.attach(app)
    app.router.add_get("/health/ready", ready)
    return app


async def ready(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def seed(count: int) -> None:
    async with aiopg.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        await cursor.execute(TABLES)
        await cursor.execute(PAIRS, (count,))
    for number in range(1, count + 1):
        patient, doctor = (2 * number - 1, "patient"), (2 * number, "medecin")
        print(json.dumps({"conversationId": number, "patient": person(*patient), "doctor": person(*doctor)}))


def person(user: int, role: str) -> dict[str, Any]:
    claims = {"sub": str(user), "role": role, "exp": int(time.time()) + 7200}
    return {"id": user, "token": jwt.encode(claims, SECRET, algorithm="HS256")}


if __name__ == "__main__":
    if sys.argv[1:2] == ["seed"]:
        asyncio.run(seed(int(sys.argv[2])))
    else:
        port, loop = int(os.environ.get("PORT", "5102")), uvloop.new_event_loop()
        web.run_app(application(), host="127.0.0.1", port=port, loop=loop, access_log=None, print=None)
