import { useMemo } from "react";
import { useLimits, useMe, useMessaging, useSelected } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Role } from "@/sdk/types";
import { texts } from "../texts";
import styles from "./Composer.module.css";
import { inWords, usualReply } from "./replyTime";

const HOUR = 3_600_000;

/** What one should know before one writes: not for emergencies, when an answer may come, who can read it. */
export function Trust({ id, role, name }: { id: number; role: Role; name: string }) {
  const t = useTexts(texts);
  const reply = useReply(id, role);
  return (
    <p className={styles.emergency}>
      {t("emergency")}{" "}
      {reply !== null && t(reply.isPromised ? "replyWithin" : "replyUsual", { name, time: t(reply.unit, { count: reply.count }) })}{" "}
      <span className={styles.whoReads}>{t("whoReads", { name })}</span>
    </p>
  );
}

/** What this installation promises, else what was seen here; of those only who are there to answer. */
function useReply(id: number, role: Role) {
  const messaging = useMessaging();
  const { replyHours } = useLimits();
  const me = useMe()?.id ?? 0;
  const isReady = useSelected((state) => state.threads[id]?.status === "ready");
  return useMemo(() => {
    if (role !== "medecin" && role !== "mentor") return null;
    if (replyHours > 0) return { isPromised: true, ...inWords(replyHours * HOUR) };
    const usual = isReady ? usualReply(messaging.getState().threads[id]?.messages ?? [], me) : null;
    return usual === null ? null : { isPromised: false, ...inWords(usual) };
  }, [messaging, id, role, replyHours, me, isReady]);
}
