import { Mic, SendHorizontal, Smile } from "lucide-react";
import { type ClipboardEvent, memo, type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from "react";
import { useChosen, useLimits, useMessaging, useSelected, useTyping } from "@/hooks";
import { useLanguage, useTexts } from "@/i18n";
import { reasonText } from "@/i18n/errors";
import { isMessagingError } from "@/sdk/errors";
import type { Conversation, OutboxItem, Recording, Role } from "@/sdk/types";
import { classes, Extra, Hidden, IconButton, lazyPart, Loading } from "@/ui";
import { choose, filesOf, messageType, type Refusal } from "../files/rules";
import { sizeText } from "../files/sizes";
import { textOf } from "../message/rights";
import { Popover } from "../Popover";
import { quoteFrom } from "../rows/quotes";
import { texts } from "../texts";
import type { Message } from "../types";
import { Attach } from "./Attach";
import { Closed } from "./Closed";
import styles from "./Composer.module.css";
import { left, trimmed } from "./length";
import { Mode } from "./Mode";
import { Options } from "./Options";
import { TextBox } from "./TextBox";
import { Tray } from "./Tray";
import { Trust } from "./Trust";
import { NO_REPLY, useDraftText } from "./useDraftText";
import { useReturn } from "./useReturn";
import { useTakeBack } from "./useTakeBack";

const EmojiPicker = lazyPart(() => import("../emoji/EmojiPicker").then((module) => module.default));
const VoiceBar = lazyPart(() => import("../voice/VoiceBar").then((module) => module.default));

export interface ComposerHandle {
  focus: () => void;
  edit: (message: Message) => void;
  reply: (message: Message) => void;
  add: (files: readonly File[]) => void;
  takeBack: (item: OutboxItem) => void;
}

export interface ComposerProps {
  id: number;
  canReply: boolean;
  reason: Conversation["canReplyReason"];
  /** Of the other one. */
  role: Role;
  name: string;
  onSent: () => void;
  editLast: () => void;
  handle: Ref<ComposerHandle>;
}

/** Not rendered again for each message that comes: in a flood it is what one types into. */
export const Composer = memo(function Composer({ id, canReply, reason, role, name, onSent, editLast, handle }: ComposerProps) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const messaging = useMessaging();
  const limits = useLimits();
  const { typing, stop: stopTyping } = useTyping(id);
  const [draft, change, clear, keepText] = useDraftText(id);
  const [editing, setEditing] = useState<{ message: Message; text: string; isBusy: boolean } | null>(null);
  const [trouble, setTrouble] = useState<string[]>([]);
  const [isRecording, setRecording] = useState(false);
  const [emojiAt, setEmojiAt] = useState<HTMLElement | null>(null);
  const replied = useSelected(({ threads }) => draft.replyToId == null ? undefined : threads[id]?.messages.find((one) => one.id === draft.replyToId));
  const [{ files, recording }, keep] = useChosen(id);
  const box = useRef<HTMLTextAreaElement>(null);
  const takeBack = useTakeBack(id, { draft, change, files }, (troubles) => {
    setEditing(null);
    setTrouble(troubles);
    requestAnimationFrame(() => box.current?.focus());
  });
  const mic = useRef<HTMLButtonElement>(null);
  const hasVoice = isRecording || recording !== null;
  useReturn(hasVoice, box, mic);
  // Where writing begins again, nothing that was open opens by itself: least of all the microphone.
  useEffect(() => {
    if (canReply) return;
    setRecording(false);
    setEmojiAt(null);
  }, [canReply]);
  const about = useId();

  const text = editing?.text ?? draft.text;
  const rest = left(text, limits.maxContentLength);
  const isEmpty = trimmed(text) === "" && (editing !== null || files.length === 0);
  const isTooLong = rest !== null && rest < 0;

  function write(next: string) {
    if (editing !== null) return setEditing({ ...editing, text: next });
    change({ text: next });
    if (next === "") stopTyping();
    else typing();
  }

  function add(added: readonly File[]) {
    const { files: chosen, refusals } = choose(files, added, limits);
    keep({ files: chosen });
    setTrouble(refusals.map(refusalText));
    box.current?.focus();
  }

  function refusalText(refusal: Refusal): string {
    if (refusal.why === "tooMany") return t("tooMany", { count: refusal.count });
    return t(refusal.why, { name: refusal.name, size: sizeText(limits.maxAttachmentBytes, spoken) });
  }

  function send() {
    if (isEmpty || isTooLong) return;
    setTrouble([]);
    if (editing !== null) return void save(editing.message, trimmed(text));
    keepText();
    messaging.send(id, {
      content: trimmed(text),
      type: messageType(files, false),
      files: [...files],
      isUrgent: draft.isUrgent ?? false,
      requiresResponse: draft.requiresResponse ?? false,
      replyToId: draft.replyToId ?? null,
      isDraft: true,
    });
    clear();
    onSent();
    box.current?.focus();
  }

  async function save(message: Message, content: string) {
    if (content === textOf(message)) return stopEditing();
    setEditing({ message, text: content, isBusy: true });
    try {
      await messaging.edit(message.id, content);
      stopEditing();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setTrouble([reasonText(error, spoken)]);
      setEditing({ message, text: content, isBusy: false });
    }
  }

  function stopEditing() {
    setEditing(null);
    setTrouble([]);
    box.current?.focus();
  }

  function stopRecording() {
    setRecording(false);
    keep({ recording: null });
  }

  function sendVoice({ file }: Recording) {
    setRecording(false);
    messaging.send(id, { content: "", type: "voice", files: [file], replyToId: draft.replyToId ?? null });
    change(NO_REPLY);
    onSent();
  }

  function paste(event: ClipboardEvent) {
    const pasted = filesOf(event.clipboardData);
    if (pasted.length === 0 || editing !== null) return;
    event.preventDefault();
    add(pasted);
  }

  function insert(emoji: string) {
    const { selectionStart, selectionEnd } = box.current ?? { selectionStart: text.length, selectionEnd: text.length };
    write(text.slice(0, selectionStart) + emoji + text.slice(selectionEnd));
    const at = selectionStart + emoji.length;
    requestAnimationFrame(() => box.current?.setSelectionRange(at, at));
  }

  function stop(what: "editing" | "quote" | "urgent" | "requires") {
    if (what === "editing") return stopEditing();
    change(what === "quote" ? NO_REPLY : what === "urgent" ? { isUrgent: false } : { requiresResponse: false });
    box.current?.focus();
  }

  useImperativeHandle(handle, () => ({
    focus: () => box.current?.focus(),
    edit: (message) => {
      setEditing({ message, text: textOf(message), isBusy: false });
      requestAnimationFrame(() => box.current?.focus());
    },
    reply: (message) => {
      setEditing(null);
      change({ replyToId: message.id, replyTo: quoteFrom(message) });
      requestAnimationFrame(() => box.current?.focus());
    },
    add,
    takeBack: (item) => void takeBack(item),
  }));

  if (!canReply) return <Closed reason={reason} draft={text} />;
  if (hasVoice) {
    return (
      <footer className={styles.composer}>
        <Extra close={() => setRecording(false)} fallback={<Loading text="…" />}>
          <VoiceBar
            maxBytes={limits.maxAttachmentBytes}
            recording={recording}
            onRecorded={(made) => keep({ recording: made })}
            onSend={sendVoice}
            onCancel={stopRecording}
            onTrouble={(why) => {
              setRecording(false);
              setTrouble([t(why)]);
            }}
          />
        </Extra>
      </footer>
    );
  }
  const isBusy = editing?.isBusy ?? false;
  return (
    <footer className={styles.composer}>
      <Mode
        editing={editing?.message ?? null}
        quote={draft.replyToId == null ? null : (quoteFrom(replied) ?? draft.replyTo ?? null)}
        isUrgent={draft.isUrgent ?? false}
        requiresResponse={draft.requiresResponse ?? false}
        stop={stop}
      />
      {editing === null && <Tray files={files} remove={(file) => keep({ files: files.filter((each) => each !== file) })} />}
      {trouble.length > 0 && (
        <div className={styles.trouble} role="alert">
          {trouble.map((each) => (
            <p key={each}>{each}</p>
          ))}
        </div>
      )}
      <div className={styles.line}>
        {editing === null && <Attach add={add} />}
        <div className={styles.box}>
          <TextBox
            box={box}
            label={t("composer", { name })}
            placeholder={t("placeholder")}
            aria-describedby={about}
            aria-invalid={isTooLong}
            value={text}
            onText={write}
            onEnter={send}
            onUp={editLast}
            onEscape={editing === null ? undefined : stopEditing}
            onBlur={stopTyping}
            onPaste={paste}
          />
          <IconButton
            label={t("emoji")}
            className={styles.inside}
            aria-haspopup="dialog"
            aria-expanded={emojiAt !== null}
            onClick={(event) => setEmojiAt(event.currentTarget)}
          >
            <Smile size={20} aria-hidden="true" />
          </IconButton>
        </div>
        {editing === null && (
          <Options draft={draft} change={change} />
        )}
        {isEmpty && editing === null ? (
          <IconButton ref={mic} label={t("record")} className={styles.send} onClick={() => setRecording(true)}>
            <Mic size={22} aria-hidden="true" />
          </IconButton>
        ) : (
          <IconButton label={t(editing === null ? "send" : "save")} primary className={styles.send} disabled={isEmpty || isTooLong || isBusy} onClick={send}>
            <SendHorizontal size={20} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <div id={about} className={styles.below}>
        <Trust id={id} role={role} name={name} />
        {rest !== null && (
          <p className={classes(styles.counter, isTooLong && styles.over)} role="status">
            {isTooLong ? t("tooLong", { count: -rest }) : t("left", { count: rest })}
          </p>
        )}
        <Hidden>{t("formatHint")}</Hidden>
      </div>
      {emojiAt !== null && (
        <Popover label={t("emoji")} anchor={emojiAt} onClose={() => setEmojiAt(null)}>
          <Extra close={() => setEmojiAt(null)} fallback={<Loading text="…" />}>
            <EmojiPicker onPick={insert} />
          </Extra>
        </Popover>
      )}
    </footer>
  );
});
