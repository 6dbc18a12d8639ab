import type { Messaging } from "@/sdk/messaging";
import type { Message } from "../types";

/** Gives this reaction, or takes it back when one gave it before. Raises MessagingError. */
export async function setReaction(messaging: Messaging, message: Message, emoji: string): Promise<void> {
  const me = messaging.getState().me?.id ?? 0;
  const isMine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.includes(me));
  await messaging.ask(isMine ? "remove_reaction" : "add_reaction", { messageId: message.id, emoji });
}
