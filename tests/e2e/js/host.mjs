// Sockets of npm's socket.io-client, driven line by line from standard input. One JSON object a line in both directions:
// in {op, n, …}; out {kind: "answer", n, …} for each of them, and {kind, id, name, data} for all that happens at a socket.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { io } = require("socket.io-client");

const ACK_TIMEOUT = 20_000;
const sockets = new Map();

function tell(object) {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}

function watch(id, socket) {
  const note = (kind, name = "", data = null) => tell({ kind, id, name, data });
  socket.io.on("open", () => {
    note("open", socket.io.engine.transport.name);
    socket.io.engine.on("upgrade", (transport) => note("upgrade", transport.name));
  });
  socket.on("connect", () => note("connect"));
  socket.on("disconnect", (reason) => note("disconnect", reason, { active: socket.active }));
  socket.on("connect_error", (error) =>
    note("connect_error", error.message, { active: socket.active, data: error.data ?? null }),
  );
  socket.onAny((event, ...data) => note("event", event, data[0] ?? null));
}

function open({ id, url, tokens, options }) {
  const state = { tokens };
  const auth = (answer) => {
    const token = state.tokens.length > 1 ? state.tokens.shift() : state.tokens[0];
    tell({ kind: "auth", id, name: "", data: state.tokens.length });
    answer({ token });
  };
  const defaults = { forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 500 };
  state.socket = io(url, { auth, ...defaults, ...options });
  sockets.set(id, state);
  watch(id, state.socket);
}

async function ask({ id, event, data }) {
  try {
    return { ack: await sockets.get(id).socket.timeout(ACK_TIMEOUT).emitWithAck(event, data), failed: null };
  } catch (error) {
    return { ack: null, failed: error.message };
  }
}

const operations = {
  open,
  ask,
  fire: ({ id, event, data }) => void sockets.get(id).socket.emit(event, data),
  tokens: ({ id, tokens }) => void (sockets.get(id).tokens = [...tokens]),
  close: ({ id }) => void sockets.get(id).socket.disconnect(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { op, n, ...rest } = JSON.parse(line);
  const answer = operations[op](rest);
  if (answer instanceof Promise) answer.then((result) => tell({ kind: "answer", n, ...result }));
  else tell({ kind: "answer", n });
}
process.exit(0);
