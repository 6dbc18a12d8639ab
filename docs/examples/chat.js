import { io } from "socket.io-client";

const server = "http://127.0.0.1:5001", headers = { "Content-Type": "application/json" };
const login = { method: "POST", headers, body: JSON.stringify({ username: "amelie", password: "…" }) };
const { accessToken: token } = await (await fetch(`${server}/api/auth/login`, login)).json();
headers.Authorization = `Bearer ${token}`;
const { items } = await (await fetch(`${server}/api/messaging/conversations`, { headers })).json();

const conversationId = items[0].id, shown = new Map();
const show = (message) => shown.has(message.id) || shown.set(message.id, console.log(`${message.seq} ${message.senderName}: ${message.content}`));
const socket = io(server, { auth: { token } });
socket.on("new_message", ({ message }) => show(message));
socket.on("connect", () => socket.emit("join_room", { conversationId, afterSeq: 0 }, ({ messages }) => messages.forEach(show)));
const ack = await socket.emitWithAck("send_message", { conversationId, content: "Bonjour !", clientMessageId: crypto.randomUUID() });
console.log(ack.ok ? `stored as number ${ack.message.seq}` : ack.error.message);
