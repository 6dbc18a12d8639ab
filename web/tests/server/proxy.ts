// The network between a client and the server: it can be cut, and it can swallow what comes back.

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class Network {
  #sockets = new Set<Socket>();
  #server: Server;
  #target: URL;
  #isCut = false;
  #isDeaf = false;
  #settled: Promise<void>;
  #hasSettled = (): void => undefined;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#serve(client));
    this.#settled = new Promise((resolve) => {
      this.#hasSettled = resolve;
    });
  }

  static async to(target: string): Promise<Network> {
    const network = new Network(target);
    await new Promise<void>((resolve) => {
      network.#server.listen(0, "127.0.0.1", resolve);
    });
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#isCut = false;
    this.#isDeaf = false;
  }

  /** What is sent arrives; what is answered does not. Once a client has come over to a WebSocket: while it does, what it sends
   * waits for the answer to its polling. */
  async swallowAnswers(): Promise<void> {
    await this.#settled;
    this.#isDeaf = true;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #serve(client: Socket): void {
    if (this.#isCut) return void client.destroy();
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    this.#watch(client);
    server.on("data", (data) => {
      if (!this.#isDeaf) client.write(data);
    });
  }

  /** On a WebSocket a client says a probe, waits for its answer, and says then that it has come over. */
  #watch(client: Socket): void {
    let said = -1;
    client.on("data", (data) => {
      if (said < 0 && !/^upgrade: websocket\r$/im.test(data.toString("latin1"))) return;
      said += 1;
      if (said === 2) this.#hasSettled();
    });
  }
}
