import { type RefObject, useMemo } from "react";
import { language, say } from "@/i18n";
import { reasonText } from "@/i18n/errors";
import { isMessagingError } from "@/sdk/errors";
import type { Messaging } from "@/sdk/messaging";
import { toast } from "@/ui";
import type { Actions } from "./actions";
import type { ComposerHandle } from "./composer/Composer";
import type { Asked } from "./ConversationPane";
import type { HistoryHandle } from "./history/HistoryView";
import { textOf } from "./message/rights";
import { texts } from "./texts";

interface Parts {
  messaging: Messaging;
  composer: RefObject<ComposerHandle | null>;
  history: RefObject<HistoryHandle | null>;
  setAsked: (asked: Asked) => void;
  setActive: (key: string) => void;
}

/** What the bubbles ask for, carried out by the parts of the pane. */
export function useActionsOf({ messaging, composer, history, setAsked, setActive }: Parts): Actions & { failed: (error: unknown) => void } {
  return useMemo(() => {
    const failed = (error: unknown) => {
      if (!isMessagingError(error)) throw error;
      toast(reasonText(error, language.get()));
    };
    return {
      failed,
      reply: (message) => composer.current?.reply(message),
      edit: (message) => composer.current?.edit(message),
      remove: (message) => setAsked({ about: "removal", message }),
      react: (message, emoji) => {
        const me = messaging.getState().me?.id ?? 0;
        const isMine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.includes(me));
        messaging.react(message.id, emoji, !isMine).catch(failed);
      },
      copy: (message) => {
        void navigator.clipboard.writeText(textOf(message)).then(() => toast(say(texts, "copied")));
      },
      retry: (clientMessageId) => messaging.retry(clientMessageId),
      discard: (clientMessageId) => messaging.discard(clientMessageId),
      takeBack: (item) => composer.current?.takeBack(item),
      goTo: (seq) => history.current?.goTo(seq),
      openImages: (images, at) => setAsked({ about: "images", images, at }),
      openLink: (href) => setAsked({ about: "link", href }),
      activate: (bubble) => setActive(bubble.key),
    };
  }, [messaging, composer, history, setAsked, setActive]);
}
