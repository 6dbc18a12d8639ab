import { LaptopMinimal, Smartphone } from "lucide-react";
import { useCallback } from "react";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { ago, shortDate, useTexts } from "@/i18n";
import type { Session } from "@/sdk/contract";
import { isMessagingError } from "@/sdk/errors";
import { deviceName, isPhone } from "@/text/device";
import { Banner, Button, Card, Loading, Row, Rows, Tag, toast, uiTexts } from "@/ui";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";

export function Devices() {
  const t = useTexts(settingsTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const sessions = usePages<Session>(useCallback((before) => rest.account.sessions({ before }), [rest]));
  const end = useEnd(sessions);
  const others = sessions.items.filter((session) => !session.current);
  return (
    <>
      <p className={styles.lead}>{t("devicesText")}</p>
      {sessions.error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={sessions.reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {sessions.isLoading && sessions.items.length === 0 && <Loading text={t("loading")} />}
      {sessions.items.length > 0 && (
        <Card flush>
          <Rows>
            {sessions.items.map((session) => (
              <Device key={session.id} session={session} end={() => end([session])} />
            ))}
          </Rows>
        </Card>
      )}
      {sessions.hasMore && <Button onClick={sessions.loadMore}>{ui("more")}</Button>}
      {others.length > 1 && (
        <div>
          <Button onClick={() => void end(others)}>{t("endOthers")}</Button>
        </div>
      )}
    </>
  );
}

function useEnd({ update }: Pages<Session>) {
  const t = useTexts(settingsTexts);
  const { rest } = useMessaging();

  return async (gone: readonly Session[]) => {
    try {
      for (const { id } of gone) {
        await rest.account.endSession(id);
        update((items) => items.filter((item) => item.id !== id));
      }
      toast(t("ended"));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
    }
  };
}

function Device({ session, end }: { session: Session; end: () => Promise<void> }) {
  const t = useTexts(settingsTexts);
  const name = deviceName(session.device) ?? t("unknownDevice");
  const Icon = isPhone(session.device) ? Smartphone : LaptopMinimal;
  const when = `${t("lastUsed", { when: ago(session.lastUsedAt) })}, ${t("since", { when: shortDate(session.createdAt) })}`;
  return (
    <Row
      before={
        <span className={styles.device}>
          <Icon size={22} aria-hidden="true" />
        </span>
      }
      title={<span title={session.device ?? undefined}>{name}</span>}
      detail={session.address === null ? when : `${when} · ${session.address}`}
      side={
        session.current ? (
          <Tag tone="accent">{t("thisDevice")}</Tag>
        ) : (
          <Button aria-label={t("endOf", { device: name })} onClick={() => void end()}>
            {t("end")}
          </Button>
        )
      }
    />
  );
}
