// REST by the table of the contract: method and path are the key, and say what goes in and what comes back.

import { anyOf } from "./any-of";
import type { Endpoints, ErrorCode } from "./contract";
import { MessagingError, type ErrorDetails } from "./errors";
import type { Language } from "./types";

/** So long without the whole of an answer: the line is dead, though the browser would wait for minutes. */
const UNANSWERED_MS = 60_000;

export type Endpoint = keyof Endpoints;
type Parts<K extends Endpoint> = Endpoints[K];
type Given<Name extends string, Value> = Value extends undefined
  ? { [key in Name]?: undefined }
  : Record<string, never> extends Value
    ? { [key in Name]?: Value }
    : { [key in Name]: Value };

export type Input<K extends Endpoint> = Given<"path", Parts<K>["path"]> &
  Given<"query", Parts<K>["query"]> &
  Given<"body", Parts<K>["body"]> & { signal?: AbortSignal };
export type Output<K extends Endpoint> = Parts<K>["reply"];

/** Without anything required the second argument may be left out. */
export type Arguments<K extends Endpoint> = Record<string, never> extends Input<K> ? [input?: Input<K>] : [input: Input<K>];

export type Call = <K extends Endpoint>(endpoint: K, ...args: Arguments<K>) => Promise<Output<K>>;

export interface HttpOptions {
  url: string;
  language: () => Language;
  /** The access token; `renew` when the one before was refused. Null: a call without one. */
  token: (wish: { renew: boolean }) => Promise<string | null>;
}

interface AnyInput {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

export function createHttp(options: HttpOptions): Call {
  async function once(endpoint: string, input: AnyInput, token: string | null): Promise<unknown> {
    const [method, pattern] = endpoint.split(" ") as [string, string];
    const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": options.language() };
    if (token !== null) headers["Authorization"] = `Bearer ${token}`;
    const isForm = input.body instanceof FormData;
    const sends = method !== "GET" && method !== "DELETE";
    if (sends && !isForm) headers["Content-Type"] = "application/json";
    return request(options.url + address(pattern, input), {
      method,
      headers,
      body: !sends ? null : isForm ? (input.body as FormData) : JSON.stringify(input.body ?? {}),
      signal: input.signal ?? null,
    });
  }

  async function call(endpoint: string, input: AnyInput = {}): Promise<unknown> {
    try {
      return await once(endpoint, input, await options.token({ renew: false }));
    } catch (error) {
      if (!(error instanceof MessagingError) || error.code !== "SESSION_EXPIRED") throw error;
      return once(endpoint, input, await options.token({ renew: true }));
    }
  }

  return call as Call;
}

function address(pattern: string, { path = {}, query = {} }: AnyInput): string {
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (wanted.length === 0) return filled;
  return `${filled}?${new URLSearchParams(wanted.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function request(address: string, init: RequestInit): Promise<unknown> {
  const hung = new AbortController();
  const timer = setTimeout(() => hung.abort(), UNANSWERED_MS);
  const { signal, release } = anyOf(init.signal == null ? [hung.signal] : [init.signal, hung.signal]);
  try {
    const response = await fetch(address, { ...init, signal });
    if (!response.ok) throw await refusal(response);
    if (response.status === 204) return undefined;
    if (response.headers.get("Content-Type")?.startsWith("application/json") === true) return await response.json();
    // A file takes as long as it takes.
    clearTimeout(timer);
    return await response.blob();
  } catch (error) {
    // The line may break in the middle of an answer, too.
    if (init.signal?.aborted === true || error instanceof MessagingError) throw error;
    throw new MessagingError("UNAVAILABLE");
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** A proxy in between may answer with a page of its own: that is an error without a code of ours. */
export async function refusal(response: Response): Promise<MessagingError> {
  const text = await response.text();
  return refused(response.status, text);
}

export function refused(status: number, text: string): MessagingError {
  try {
    const { error } = JSON.parse(text) as { error: ErrorDetails };
    return new MessagingError(error.code, { ...error, status });
  } catch {
    const code: ErrorCode = status === 413 ? "PAYLOAD_TOO_LARGE" : "UNAVAILABLE";
    return new MessagingError(code, { status });
  }
}
