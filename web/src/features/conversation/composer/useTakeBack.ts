import { useLimits, useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Chosen, Draft, OutboxItem } from "@/sdk/types";
import { quoteFrom } from "../rows/quotes";
import { texts } from "../texts";

interface Box extends Pick<Chosen, "files"> {
  draft: Draft;
  change: (change: Partial<Draft>) => void;
}

/** What did not go is where it was written again: its words, its files and its flags, before what is there by now. */
export function useTakeBack(id: number, { draft, change, files }: Box, done: (troubles: string[]) => void) {
  const t = useTexts(texts);
  const messaging = useMessaging();
  const { maxAttachments } = useLimits();

  return async (item: OutboxItem): Promise<void> => {
    const count = files.length + item.gone.length + item.files.length;
    if (maxAttachments > 0 && count > Math.max(maxAttachments, item.gone.length + item.files.length)) return done([t("noRoom", { count: maxAttachments })]);
    const message = await messaging.takeBack(item.clientMessageId);
    if (message === null) return;
    const answered = messaging.getState().threads[id]?.messages.find((one) => one.id === message.replyToId);
    change({
      text: [message.content, draft.text].filter((text) => text.trim() !== "").join("\n"),
      isUrgent: message.isUrgent === true || draft.isUrgent === true,
      requiresResponse: message.requiresResponse === true || draft.requiresResponse === true,
      ...(draft.replyToId == null && { replyToId: message.replyToId ?? null, replyTo: quoteFrom(answered) }),
    });
    done([]);
  };
}
