import { io } from "socket.io-client";

const server = "http://127.0.0.1:5001", headers = { "Content-Type": "application/json" };
const login = { method: "POST", headers, body: JSON.stringify({ username: "amelie", password: "…" }) };
const { accessToken: token } = await (await fetch(`${server}/api/auth/login`, login)).json();
headers.Authorization = `Bearer ${token}`;
const { items: [{ id: conversationId }] } = await (await fetch(`${server}/api/messaging/conversations`, { headers })).json();

const messages = new Map(); // by seq: what comes twice is there once
const show = ({ seq, senderName, content }) => console.log(messages.set(seq, `${senderName}: ${content}`));
const socket = io(server, { auth: { token } });
socket.on("new_message", ({ message }) => show(message));
socket.on("connect", () => socket.emit("join_room", { conversationId, afterSeq: 0 }, (ack) => ack.messages.forEach(show)));
const ack = await socket.emitWithAck("send_message", { conversationId, content: "Bonjour !", clientMessageId: crypto.randomUUID() });
console.log(ack.ok ? `stored as number ${ack.message.seq}` : ack.error.message);
