import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useConversation, useMe, useMessaging } from "@/hooks";
import { personName, useLanguage, useTexts } from "@/i18n";
import { reasonText } from "@/i18n/errors";
import { isMessagingError } from "@/sdk/errors";
import type { Attachment, Conversation, Role } from "@/sdk/types";
import { Button, EmptyState, Extra, lazyPart, Loading, toast } from "@/ui";
import { ActionsProvider, type Facts, FactsProvider } from "./actions";
import { Composer, type ComposerHandle, type ComposerProps } from "./composer/Composer";
import { ConfirmClosing, ConfirmLink, ConfirmRemoval } from "./dialogs";
import { DropArea } from "./files/DropArea";
import { Header } from "./header/Header";
import { type HistoryHandle, HistoryView } from "./history/HistoryView";
import { canEdit } from "./message/rights";
import styles from "./Pane.module.css";
import { texts } from "./texts";
import { TypingLine } from "./TypingLine";
import type { Message } from "./types";
import { useActionsOf } from "./useActionsOf";

const Lightbox = lazyPart(() => import("./files/Lightbox").then(({ Lightbox }) => Lightbox));

export interface ConversationPaneProps {
  conversationId: number;
  /** Shown as a button where the list is not beside the pane. */
  onBack?: () => void;
  /** Opens at this message, and marks it for a moment. */
  focusSeq?: number;
}

/** One conversation: who it is with, what was said, and where to answer. */
export function ConversationPane(props: ConversationPaneProps) {
  return <Pane key={props.conversationId} {...props} />;
}

export type Asked =
  | { about: "removal"; message: Message }
  | { about: "link"; href: string }
  | { about: "closing" }
  | { about: "images"; images: readonly Attachment[]; at: number };

function Pane({ conversationId: id, onBack, focusSeq }: ConversationPaneProps) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const messaging = useMessaging();
  const me = useMe()?.id ?? 0;
  const { conversation, status, participants } = useConversation(id);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const history = useRef<HistoryHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const pane = useRef<HTMLElement>(null);
  const actions = useActionsOf({ messaging, composer, history, setAsked, setActive });
  const facts = useFactsOf(conversation, me);
  const writing = writingOf(conversation);
  const isThere = conversation !== null;

  // On a phone the keyboard stays away until somebody wants to write.
  useEffect(() => {
    if (!isThere) return;
    if (matchMedia("(pointer: coarse)").matches) pane.current?.querySelector<HTMLElement>("[data-pane-heading]")?.focus();
    else composer.current?.focus();
  }, [isThere]);

  const settle = useCallback(
    async (change: Parameters<typeof messaging.settle>[1]) => {
      try {
        await messaging.settle(id, change);
      } catch (error) {
        if (!isMessagingError(error)) throw error;
        toast(reasonText(error, spoken));
      }
    },
    [messaging, id, spoken],
  );

  const sent = useCallback(() => history.current?.toBottom(), []);
  const editLast = useCallback(() => {
    const last = history.current?.lastOwn(({ said }) => said.kind === "message" && canEdit(said.message, me));
    if (last?.said.kind === "message") composer.current?.edit(last.said.message);
  }, [me]);

  if (status === "gone") return <NotThere title={t("gone")} text={t("goneText")} onBack={onBack} />;
  if (conversation === null && status === "failed")
    return <NotThere title={t("loadFailed")} again={() => void messaging.reload(id)} onBack={onBack} />;
  if (conversation === null || facts === null || writing === null) return <Loading text={t("loading")} />;
  const name = personName(conversation.participantInfo, spoken);
  const close = () => setAsked(null);
  return (
    <ActionsProvider value={actions}>
      <FactsProvider value={facts}>
        <section ref={pane} className={styles.pane} aria-label={t("pane", { name })}>
          <DropArea isOff={!conversation.canReply} onFiles={(files) => composer.current?.add(files)}>
            <Header {...{ conversation, onBack, settle: (change) => void settle(change), askToClose: () => setAsked({ about: "closing" }) }} />
            <HistoryView
              handle={history}
              {...{ id, me, name, participants, focusSeq, active }}
              toComposer={() => composer.current?.focus()}
              failed={actions.failed}
            />
            <TypingLine id={id} nameOf={facts.nameOf} />
            <Composer handle={composer} {...{ ...writing, name, editLast }} onSent={sent} />
          </DropArea>
          {asked?.about === "removal" && (
            <ConfirmRemoval
              onClose={close}
              onYes={() => {
                close();
                messaging.remove(asked.message.id).catch(actions.failed);
              }}
            />
          )}
          {asked?.about === "closing" && (
            <ConfirmClosing
              onClose={close}
              onYes={() => {
                close();
                void settle({ status: "closed" });
              }}
            />
          )}
          {asked?.about === "link" && <ConfirmLink href={asked.href} onClose={close} />}
          {asked?.about === "images" && (
            <Extra close={close}>
              <Lightbox images={asked.images} at={asked.at} onClose={close} />
            </Extra>
          )}
        </section>
      </FactsProvider>
    </ActionsProvider>
  );
}

interface NotThereProps {
  title: string;
  text?: string;
  again?: () => void;
  onBack: (() => void) | undefined;
}

/** In place of all of it, its header too: an installed app on a phone has no other way back. */
function NotThere({ title, text, again, onBack }: NotThereProps) {
  const t = useTexts(texts);
  const action = (
    <div className={styles.ways}>
      {again !== undefined && <Button onClick={again}>{t("retryLoad")}</Button>}
      {onBack !== undefined && (
        <Button kind="quiet" className={styles.back} onClick={onBack}>
          {t("back")}
        </Button>
      )}
    </div>
  );
  return <EmptyState title={title} {...(text !== undefined && { text })} action={action} />;
}

/** What writing depends on; a message more changes none of it. */
function writingOf(conversation: Conversation | null): Pick<ComposerProps, "id" | "canReply" | "reason" | "role"> | null {
  if (conversation === null) return null;
  const { id, canReply, canReplyReason, participantInfo } = conversation;
  return { id, canReply, reason: canReplyReason, role: participantInfo.role as Role };
}

function useFactsOf(conversation: Conversation | null, me: number): Facts | null {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const person = conversation?.participantInfo;
  const [otherId, other] = person === undefined ? [0, ""] : [person.id, personName(person, spoken)];
  const canReply = conversation?.canReply ?? false;
  const version = conversation?.context?.version ?? null;
  return useMemo(() => {
    const nameOf: Facts["nameOf"] = (userId, otherwise) => (userId === me ? t("you") : userId === otherId ? other : (otherwise ?? t("somebody")));
    return { me, nameOf, canReply, version };
    // `t` is another function on each render, and says the same as long as the language does.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [me, otherId, other, canReply, version, spoken]);
}
