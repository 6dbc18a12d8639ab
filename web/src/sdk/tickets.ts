// Addresses of files for <img> and <audio>: a ticket each, kept for as long as it is good.

import type { Rest } from "./rest";

const EARLY_MS = 10_000;

export interface Tickets {
  url: (attachmentId: number, options?: { thumbnail?: boolean }) => Promise<string>;
}

export function createTickets(origin: string, rest: Rest): Tickets {
  const known = new Map<string, { url: Promise<string>; until: number }>();

  async function ask(id: number, thumbnail: boolean, entry: { until: number }): Promise<string> {
    const { url, expiresIn } = await rest.attachments.ticket(id, thumbnail);
    entry.until = Date.now() + expiresIn * 1000 - EARLY_MS;
    return origin + url;
  }

  return {
    url(id, { thumbnail = false } = {}) {
      const key = `${id} ${thumbnail}`;
      const before = known.get(key);
      if (before !== undefined && before.until > Date.now()) return before.url;
      const entry = { url: Promise.resolve(""), until: Number.POSITIVE_INFINITY };
      entry.url = ask(id, thumbnail, entry);
      entry.url.catch(() => known.delete(key));
      known.set(key, entry);
      return entry.url;
    },
  };
}
