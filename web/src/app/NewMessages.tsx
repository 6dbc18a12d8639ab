import { useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useMessaging, useServerEvent } from "@/hooks";
import { personName, useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { Hidden } from "@/ui";
import { appTexts } from "./texts";

const FORGOTTEN_MS = 5_000;

/** Says to screen readers, once, that somebody wrote in a conversation that is not the open one; that one speaks for itself. */
export function NewMessages() {
  const t = useTexts(appTexts);
  const messaging = useMessaging();
  const [path] = useLocation();
  const [said, setSaid] = useState("");

  const heard = useCallback(
    ({ conversation }: { conversation: unknown }) => {
      const now = conversation as Conversation;
      const before = messaging.getState().conversations[now.id];
      const isNew = now.unreadCount > 0 && now.lastMessage !== null && now.lastMessage.senderId !== messaging.getState().me?.id;
      const isOpen = path === `/conversations/${now.id}`;
      if (!isNew || isOpen || now.muted || before?.lastSeq === now.lastSeq) return;
      setSaid(t("newFrom", { name: personName(now.participantInfo) }));
    },
    [messaging, path, t],
  );
  useServerEvent("conversation_updated", heard);
  useServerEvent("conversation_created", heard);

  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), FORGOTTEN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return <Hidden aria-live="polite">{said}</Hidden>;
}
