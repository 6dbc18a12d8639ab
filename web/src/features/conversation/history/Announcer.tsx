import { useEffect, useRef, useState } from "react";
import { useTexts } from "@/i18n";
import { Hidden } from "@/ui";
import { useFacts } from "../actions";
import { counts } from "../rows/build";
import { texts } from "../texts";
import { plainText } from "@/text/marks";
import type { Message } from "../types";
import { textOf } from "../message/rights";

const APART_MS = 1_500;
const LONGEST = 200;

/** Says what comes while one is here, once; the history itself says nothing by itself. A flood is one number. */
export function Announcer({ items, me, lastSeq }: { items: readonly Message[]; me: number; lastSeq: number }) {
  const t = useTexts(texts);
  const { nameOf } = useFacts();
  const [said, setSaid] = useState("");
  const told = useRef<number | null>(null);
  const latest = useRef(items);
  const isTiming = useRef(false);
  latest.current = items;
  told.current ??= lastSeq;

  useEffect(() => {
    if (isTiming.current || lastSeq <= (told.current ?? 0)) return;
    isTiming.current = true;
    // The first is said at once, what comes right after it together.
    tell();
    const timer = setTimeout(() => {
      isTiming.current = false;
      tell();
    }, APART_MS);
    timers.current = timer;
  });
  const timers = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timers.current), []);

  function tell() {
    const after = told.current ?? 0;
    const fresh = latest.current.filter((message) => message.seq > after && counts(message, me));
    told.current = Math.max(after, latest.current.at(-1)?.seq ?? 0);
    const [only] = fresh;
    if (only === undefined) return;
    if (fresh.length > 1) return setSaid(t("manyNew", { count: fresh.length }));
    const text = plainText(textOf(only)) || t(only.type === "image" ? "ofImage" : only.type === "voice" ? "ofVoice" : "ofFile");
    const urgent = only.isUrgent ? `${t("urgent")}. ` : "";
    setSaid(`${urgent}${t("newMessageFrom", { name: nameOf(only.senderId, only.senderName), text: text.slice(0, LONGEST) })}`);
  }

  return (
    <Hidden aria-live="polite" data-announcer="">
      {said}
    </Hidden>
  );
}
