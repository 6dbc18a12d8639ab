import type { Message } from "../types";

const CHANGEABLE_FOR_MS = 15 * 60_000;

/** Whether it is worth offering; the server decides. */
export function canRemove(message: Message, me: number, now: number = Date.now()): boolean {
  return message.senderId === me && message.deletedAt === null && message.type !== "system" && now - Date.parse(message.sentAt) < CHANGEABLE_FOR_MS;
}

export function canEdit(message: Message, me: number, now: number = Date.now()): boolean {
  return canRemove(message, me, now) && message.type === "text";
}

export function textOf(message: Message): string {
  return typeof message.content === "string" ? message.content : "";
}
