import { memo, useState } from "react";
import { clockTime, fullTime, useLanguage, useTexts } from "@/i18n";
import { classes, Hidden } from "@/ui";
import { useActions, useFacts } from "../actions";
import { Attachments } from "../files/Attachments";
import { texts } from "../texts";
import { Formatted } from "@/text/Formatted";
import type { Bubble, Message } from "../types";
import styles from "./Bubble.module.css";
import { Flags } from "./Flags";
import { QuoteView } from "./QuoteView";
import { Reactions } from "./Reactions";
import { textOf } from "./rights";
import { Ticks } from "./Ticks";
import { Tools } from "./Tools";
import { Waiting } from "./Waiting";

interface Props {
  bubble: Bubble;
  /** The keyboard is at this one: what is in it can be reached by Tab. */
  isActive: boolean;
  isHighlighted: boolean;
}

/** One message. Its tools are only made when somebody comes near. */
export const BubbleView = memo(function BubbleView({ bubble, isActive, isHighlighted }: Props) {
  const actions = useActions();
  const [isNear, setNear] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const { said, isMine } = bubble;
  const isPlain = said.kind === "message" && said.message.deletedAt === null;
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- a press near a bubble is one on it; keys go to the bubble
    <div
      className={classes(styles.row, isMine && styles.mine, bubble.isFirst && styles.first, isHighlighted && styles.highlighted)}
      onPointerEnter={() => setNear(canHover())}
      onPointerLeave={(event) => setNear(hasOpenTool(event.currentTarget))}
      onClick={() => actions.activate(bubble)}
      data-mine={isMine}
    >
      <div className={styles.column}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows and Enter work here (useRoving) */}
        <div
          className={styles.focus}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the one stop of the Tab key in the history
          tabIndex={isActive ? 0 : -1}
          role="group"
          aria-label={useName(bubble)}
          data-row-focus=""
          data-active={isActive || undefined}
          onFocus={() => {
            setFocus(true);
            actions.activate(bubble);
          }}
          // On the way to a tool, or to an entry of its menu: gone in between, those would never hear the press of a finger.
          onBlur={(event) => setFocus(event.currentTarget.contains(event.relatedTarget) || hasOpenTool(event.currentTarget))}
        >
          {said.kind === "message" ? (
            <Confirmed message={said.message} bubble={bubble} tabIndex={isActive ? 0 : -1} />
          ) : (
            <Waiting item={said.item} bubble={bubble} />
          )}
          {isPlain && (isNear || hasFocus) && (
            <div className={styles.tools}>
              <Tools message={said.message} />
            </div>
          )}
        </div>
        {isPlain && said.message.reactions.length > 0 && <Reactions message={said.message} tabIndex={isActive ? 0 : -1} />}
      </div>
    </div>
  );
});

function hasOpenTool(bubble: Element): boolean {
  return bubble.querySelector("[aria-expanded=true]") !== null;
}

/** What a screen reader says on arrival: who and when. */
function useName({ said, isMine }: Bubble): string {
  const t = useTexts(texts);
  const { nameOf } = useFacts();
  const at = clockTime(said.kind === "message" ? said.message.sentAt : said.item.queuedAt);
  return `${isMine ? t("you") : nameOf(said.kind === "message" ? said.message.senderId : null)}, ${at}`;
}

function Confirmed({ message, bubble, tabIndex }: { message: Message; bubble: Bubble; tabIndex: number }) {
  const t = useTexts(texts);
  const { openLink } = useActions();
  const { version } = useFacts();
  const isDeleted = message.deletedAt !== null;
  const text = textOf(message);
  if (isDeleted) {
    return (
      <div className={classes(styles.bubble, styles.deleted)}>
        <p>{t("deleted")}</p>
        <Meta message={message} bubble={bubble} />
      </div>
    );
  }
  const isOlder = version !== null && message.context?.version != null && message.context.version < version;
  return (
    <div className={classes(styles.bubble, message.isUrgent && styles.urgent, isJumbo(text) && styles.jumbo)} dir="auto">
      <Flags isUrgent={message.isUrgent} requiresResponse={message.requiresResponse} />
      {bubble.quote !== null && <QuoteView quote={bubble.quote} tabIndex={tabIndex} />}
      {message.attachments.length > 0 && <Attachments attachments={message.attachments} tabIndex={tabIndex} />}
      {text !== "" && (
        <div className={styles.text}>
          <Formatted text={text} onOddLink={openLink} tabIndex={tabIndex} />
        </div>
      )}
      {isOlder && <p className={styles.version}>{t("newerVersion", { old: message.context?.version ?? 0, now: version })}</p>}
      <Meta message={message} bubble={bubble} />
    </div>
  );
}

function Meta({ message, bubble }: { message: Message; bubble: Bubble }) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  return (
    <p className={styles.meta}>
      {message.editedAt !== null && message.deletedAt === null && (
        <span title={fullTime(message.editedAt, spoken)}>{t("edited")}</span>
      )}
      <time dateTime={message.sentAt} title={fullTime(message.sentAt, spoken)}>
        {clockTime(message.sentAt)}
      </time>
      {bubble.status !== null && message.deletedAt === null ? <Ticks status={bubble.status} /> : <Hidden> </Hidden>}
    </p>
  );
}

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\s)+$/u;

/** A finger does not hover, though browsers make up a mouse for it: it presses the bubble. */
function canHover(): boolean {
  return matchMedia("(hover: hover)").matches;
}

/** One to three emoji alone are shown large. */
export function isJumbo(text: string): boolean {
  if (text.length > 40 || !ONLY_EMOJI.test(text) || !/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text)) return false;
  const bare = text.replace(/\s/g, "");
  // Firefox has it since April 2024; without it some emoji count for several.
  return [...("Segmenter" in Intl ? new Intl.Segmenter().segment(bare) : bare)].length <= 3;
}
