// Drives the npm socket.io-client: node stock_client.cjs <socket.io-client folder> <url> <transports> <token>
// Prints one JSON object a line for what happens; reads commands ("send 30", "close") from standard input.
const { io } = require(process.argv[2]);
const say = (what, more = {}) => process.stdout.write(JSON.stringify({ what, ...more }) + "\n");
const socket = io(process.argv[3], {
  transports: process.argv[4].split("+"),
  auth: (give) => give({ token: process.argv[5] }),
  reconnectionDelay: 100,
  reconnectionDelayMax: 200,
  randomizationFactor: 0,
});
socket.on("connect", () => say("connect", { transport: socket.io.engine.transport.name }));
socket.on("disconnect", (reason) => say("disconnect", { reason, active: socket.active }));
socket.on("connect_error", (error) =>
  say("connect_error", { message: error.message, data: error.data, active: socket.active }));
socket.onAny((event, payload) => say("event", { event, payload }));
const send = (count) => {
  for (let n = 0; n < count; n += 1) {
    socket.emit("send_message", { conversationId: 1, n }, (ack) => say("ack", { ack }));
  }
};
socket.io.engine?.on("upgrade", (transport) => say("upgrade", { transport: transport.name }));
send(30);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "close") { socket.close(); process.exit(0); }
  send(Number(line.split(" ")[1]));
}).on("close", () => process.exit(0));
