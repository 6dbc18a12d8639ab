import { lastAtOrBefore } from "@/sdk/selectors";
import type { Message, Quote } from "../types";

const EXCERPT = 140;

/** What a message answers: as it is now where it is loaded, else as it was when the reply was fetched. */
export function quoteOf(message: Message, loaded: readonly Message[]): Quote | null {
  if (message.replyToId === null || message.deletedAt !== null) return null;
  const told = message.replyTo ?? null;
  if (told === null) return quoteFrom(loaded.find(({ id }) => id === message.replyToId));
  const original = loaded[lastAtOrBefore(loaded, told.seq)];
  const hasChanged = original?.id === told.id && (original.editedAt !== null || original.deletedAt !== null);
  return hasChanged ? quoteFrom(original) : told;
}

export function quoteFrom(message: Message | undefined): Quote | null {
  if (message === undefined) return null;
  const { id, seq, senderId, senderName, type, content, deletedAt } = message;
  const words = typeof content === "string" ? [...content.replace(/\s+/gu, " ").trim()] : [];
  const excerpt = words.length > EXCERPT ? `${words.slice(0, EXCERPT - 1).join("")}…` : words.join("");
  return { id, seq, senderId, senderName, type, excerpt: deletedAt === null ? excerpt : "", deleted: deletedAt !== null };
}

export function sameQuote(a: Quote | null, b: Quote | null): boolean {
  if (a === null || b === null) return a === b;
  return a.id === b.id && a.excerpt === b.excerpt && a.deleted === b.deleted;
}
