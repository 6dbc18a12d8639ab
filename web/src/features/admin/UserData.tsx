import { useCallback, useState } from "react";
import { useMessaging, useResource } from "@/hooks";
import { fullTime, personName, useTexts } from "@/i18n";
import type { Erasure, User } from "@/sdk/contract";
import { Banner, Button, Card, Loading, ReasonDialog, Tag, toast, uiTexts } from "@/ui";
import { dataTexts } from "./texts.data";
import { useChange } from "./useChange";
import styles from "./User.module.css";

type Asked = "archive" | "hold" | "erase" | null;

/** What one does with a person's data on their word, or on a court's: an archive, a legal hold, erasure. */
export function UserData({ user }: { user: User }) {
  const t = useTexts(dataTexts);
  const [asked, setAsked] = useState<Asked>(null);
  const [isLooking, setIsLooking] = useState(false);
  const { act, erased } = useAct(user.id);
  const close = () => setAsked(null);
  return (
    <>
      <Card title={t("data")}>
        <div className={styles.part}>
          <p className={styles.quiet}>{t("archiveText")}</p>
          <Button onClick={() => setAsked("archive")}>{t("do_archive")}</Button>
        </div>
        <div className={styles.part}>
          <p className={styles.quiet}>{t("personHoldText")}</p>
          <Button onClick={() => setAsked("hold")}>{t("do_hold")}</Button>
        </div>
        <div className={styles.part}>
          <p className={styles.quiet}>{t("eraseLead")}</p>
          {isLooking ? (
            <Plan key={erased} userId={user.id} erase={() => setAsked("erase")} />
          ) : (
            <Button onClick={() => setIsLooking(true)}>{t("lookAtErasure")}</Button>
          )}
        </div>
      </Card>
      {asked !== null && (
        <ReasonDialog
          title={t(`ask_${asked}`, { name: personName(user) })}
          label={t("reason")}
          action={t(asked === "erase" ? "eraseForGood" : `do_${asked}`)}
          danger={asked === "erase"}
          shortest={1}
          close={close}
          act={(reason) => act(asked, reason)}
        >
          <p>{t(`text_${asked}`)}</p>
          {asked === "erase" && (
            <Banner tone="danger" round>
              {t("noWayBack")}
            </Banner>
          )}
        </ReasonDialog>
      )}
    </>
  );
}

function useAct(userId: number) {
  const t = useTexts(dataTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const [erased, setErased] = useState(0);

  const act = (what: Exclude<Asked, null>, reason: string) =>
    change(async () => {
      const path = { id: userId };
      if (what === "archive") await rest.call("POST /api/admin/users/{id}/archives", { path, body: { reason } });
      else if (what === "hold") await rest.call("POST /api/admin/legal-holds", { body: { userId, reason } });
      else {
        await rest.call("POST /api/admin/users/{id}/erasure", { path, body: { reason } });
        setErased((before) => before + 1);
      }
      toast(t(`done_${what}`));
    });
  return { act, erased };
}

/** What erasing would remove and what must stay, before anybody decides; or how far it is. */
function Plan({ userId, erase }: { userId: number; erase: () => void }) {
  const t = useTexts(dataTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload } = useResource(
    useCallback((signal) => rest.call("GET /api/admin/users/{id}/erasure", { path: { id: userId }, signal }), [rest, userId]),
  );
  if (error !== null)
    return (
      <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
        {ui("failed")}
      </Banner>
    );
  if (data === null) return <Loading text={ui("loading")} />;
  return (
    <>
      <p>
        <Tag tone={data.state === "refused" ? "danger" : data.state === "planned" ? "neutral" : "ok"}>{t(`erasure_${data.state}`)}</Tag>
      </p>
      <Lines title={t("removedParts")} lines={data.removed.filter(({ count }) => count !== 0).map(({ what, count }) => partText(what, count, t))} />
      <Lines title={t("keptParts")} lines={data.kept.map((kept) => keptText(kept, t))} />
      {data.state === "planned" && (
        <Button kind="danger" onClick={erase}>
          {t("do_erase")}
        </Button>
      )}
    </>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

type Say = (key: keyof typeof dataTexts.fr, params?: Record<string, string | number>) => string;

/** A word of the server that is not known here is said as it came. */
function said(key: string, word: string, t: Say): string {
  return key in dataTexts.fr ? t(key as keyof typeof dataTexts.fr) : word;
}

function partText(what: string, count: number | null, t: Say): string {
  const part = said(`part_${what}`, what, t);
  return count === null || count === 1 ? part : t("counted", { part, count });
}

function keptText({ what, count, why, until, messages }: Erasure["kept"][number], t: Say): string {
  const part = [partText(what, count, t), messages !== null && t("ofMessages", { count: messages }), said(`why_${why}`, why, t)];
  return [...part, until !== null && t("keptUntil", { when: fullTime(until) })].filter(Boolean).join(" · ");
}
