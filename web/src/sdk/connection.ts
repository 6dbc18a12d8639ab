// The one socket. It comes back by itself; what it missed is asked for by position, never guessed (see live.ts).

import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./contract";
import { isMessagingError, MessagingError, type ErrorDetails } from "./errors";
import type { ClientEvent, ServerEvent } from "./messaging";
import type { Connection, EndedBecause } from "./types";

const ACK_TIMEOUT = 10_000;
const TOKEN_RETRY = 1_000;
const LONGEST_PAUSE = 4_000;

export type Listener<E extends ServerEvent> = (data: ServerEvents[E]) => void;

export interface ConnectionOptions {
  url: string;
  token: (wish: { renew: boolean }) => Promise<string>;
  changed: (connection: Connection) => void;
  /** It cannot go on. */
  ended: (because: EndedBecause) => void;
}

export interface Link {
  start: () => void;
  stop: () => void;
  reconnect: () => void;
  isOnline: () => boolean;
  on: <E extends ServerEvent>(event: E, listener: Listener<E>) => () => void;
  ask: <E extends ClientEvent>(event: E, data: ClientEvents[E]["data"]) => Promise<ClientEvents[E]["ack"]>;
  /** For what is worth nothing later, such as typing. */
  mention: <E extends ClientEvent>(event: E, data: ClientEvents[E]["data"]) => void;
}

export function connect(options: ConnectionOptions): Link {
  const socket: Socket = io(options.url, {
    autoConnect: false,
    auth: (answer: (auth: object) => void) => void authenticate(answer),
    reconnectionDelayMax: LONGEST_PAUSE,
  });
  let isOnline = false;
  let isStopped = true;
  let renewal: ReturnType<typeof setTimeout> | undefined;

  function tell(status: Connection["status"], endedBecause: EndedBecause | null = null): void {
    isOnline = status === "online";
    options.changed({ status, since: Date.now(), endedBecause });
  }

  function lost(): void {
    if (isOnline) tell("offline");
    isOnline = false;
  }

  function end(because: EndedBecause): void {
    if (isStopped) return;
    stop();
    tell("ended", because);
    options.ended(because);
  }

  function stop(): void {
    isStopped = true;
    isOnline = false;
    clearTimeout(renewal);
    socket.disconnect();
  }

  async function authenticate(answer: (auth: object) => void): Promise<void> {
    while (!isStopped) {
      try {
        return answer({ token: await options.token({ renew: false }) });
      } catch (error) {
        if (!isMessagingError(error)) throw error;
        if (!error.isTemporary) return end("expired");
        await pause(TOKEN_RETRY);
      }
    }
  }

  /** The server said no for good to this token. With a session that still lives there is another one. */
  async function comeBack(): Promise<void> {
    while (!isStopped) {
      try {
        await options.token({ renew: true });
        if (!isStopped) socket.connect();
        return;
      } catch (error) {
        if (!isMessagingError(error)) throw error;
        if (!error.isTemporary) return end("expired");
        await pause(TOKEN_RETRY);
      }
    }
  }

  async function renew(): Promise<void> {
    if (!isOnline) return;
    try {
      await ask("refresh_token", { token: await options.token({ renew: true }) });
    } catch (error) {
      // At its end the connection is closed; the next one asks for a token again.
      if (!isMessagingError(error)) throw error;
    }
  }

  async function ask<E extends ClientEvent>(event: E, data: ClientEvents[E]["data"]): Promise<ClientEvents[E]["ack"]> {
    if (!socket.connected) throw new MessagingError("UNAVAILABLE");
    let ack: { ok?: boolean; error?: ErrorDetails } | undefined;
    try {
      ack = (await socket.timeout(ACK_TIMEOUT).emitWithAck(event, data)) as typeof ack;
    } catch {
      throw new MessagingError("UNAVAILABLE");
    }
    // An empty ack is never success.
    if (ack?.ok === true) return ack as ClientEvents[E]["ack"];
    throw ack?.error === undefined ? new MessagingError("INTERNAL") : new MessagingError(ack.error.code, ack.error);
  }

  socket.on("connection_established", () => tell("online"));
  socket.on("disconnect", (reason) => {
    lost();
    if (reason === "io server disconnect" && !isStopped) void comeBack();
  });
  socket.on("connect_error", (error: Error & { data?: unknown }) => {
    lost();
    // Only a refusal has data; anything else is tried again by the client itself.
    if (!socket.active && error.data !== undefined && !isStopped) void comeBack();
  });
  socket.on("token_expiring", ({ expiresIn }: ServerEvents["token_expiring"]) => {
    clearTimeout(renewal);
    renewal = setTimeout(() => void renew(), expiresIn * 500);
  });
  socket.on("session_expired", ({ code }: ServerEvents["session_expired"]) => {
    if (code === "TOO_MANY_SOCKETS") end("too_many");
  });

  return {
    start() {
      isStopped = false;
      tell("connecting");
      socket.connect();
    },
    stop,
    reconnect() {
      if (!isStopped && !socket.connected) socket.disconnect().connect();
    },
    isOnline: () => isOnline,
    on(event, listener) {
      socket.on(event as string, listener as (data: unknown) => void);
      return () => socket.off(event as string, listener as (data: unknown) => void);
    },
    ask,
    mention(event, data) {
      // With an ack a refusal is not told as an event of its own.
      if (isOnline) socket.volatile.emit(event, data, () => undefined);
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
