import type { Conversation, ListQuery, Role } from "@/sdk/types";

export type Filter = "all" | "unread" | "urgent" | "awaiting" | "archived";

/** What a person of this role narrows their list by. */
export function filtersFor(role: Role): readonly Filter[] {
  return role === "medecin" || role === "mentor"
    ? ["all", "unread", "urgent", "awaiting", "archived"]
    : ["all", "unread", "archived"];
}

/** Archived conversations are out of the way until they are asked for, or looked for by name. */
export function queryFor(filter: Filter, q: string): ListQuery {
  const named: ListQuery = q === "" ? {} : { q };
  if (filter === "archived") return { ...named, status: "archived" };
  if (filter === "urgent") return { ...named, urgent: true };
  if (filter === "awaiting") return { ...named, awaitingReply: true };
  return named;
}

export function isShown(conversation: Conversation, filter: Filter, q: string): boolean {
  if (filter === "unread") return isUnread(conversation);
  return filter !== "all" || q !== "" || conversation.status !== "archived";
}

export function isUnread({ unreadCount, markedUnread }: Conversation): boolean {
  return unreadCount > 0 || markedUnread;
}
