import { ShieldAlert, ShieldCheck } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useConversation, useMe, useMessaging, usePages } from "@/hooks";
import { clockTime, dayLabel, roleName, useTexts } from "@/i18n";
import type { Access } from "@/sdk/contract";
import { Avatar, Banner, Button, Card, EmptyState, Loading, Page, Row, Rows, Tag, uiTexts } from "@/ui";
import { type Accesses, byDay } from "./accesses";
import { accessTexts } from "./texts";

/** What the patient may ask at any time: who has looked at what I wrote? */
export function AccessLog({ conversationId }: { conversationId: number }) {
  const t = useTexts(accessTexts);
  const { conversation } = useConversation(conversationId);
  return (
    <Page title={t("title")} back={`/conversations/${conversationId}`}>
      <Banner round icon={<ShieldCheck size={20} aria-hidden="true" />}>
        {t("text")}
      </Banner>
      <AccessEntries conversationId={conversationId} other={conversation?.participantInfo.id ?? null} />
    </Page>
  );
}

/** `other`: whom one talks to there; everybody else is from outside. Null where that is not known. */
export function AccessEntries({ conversationId, other }: { conversationId: number; other: number | null }) {
  const t = useTexts(accessTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { items, isLoading, error, hasMore, loadMore, reload } = usePages<Access>(
    useCallback((before) => rest.conversations.accessLog(conversationId, { before, limit: 100 }), [rest, conversationId]),
  );
  const days = useMemo(() => byDay(items), [items]);
  return (
    <>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {isLoading && items.length === 0 && <Loading text={t("loading")} />}
      {!isLoading && error === null && items.length === 0 && <EmptyState icon={<ShieldCheck size={28} />} title={t("none")} />}
      {days.map((day) => (
        <Card key={day.key} flush title={dayLabel(day.at)}>
          <Rows>
            {day.accesses.map((accesses) => (
              <Entry key={accesses.latest.id} accesses={accesses} other={other} />
            ))}
          </Rows>
        </Card>
      ))}
      {hasMore && (
        <Button busy={isLoading} onClick={loadMore}>
          {ui("more")}
        </Button>
      )}
    </>
  );
}

function Entry({ accesses: { latest, since, times }, other }: { accesses: Accesses; other: number | null }) {
  const t = useTexts(accessTexts);
  const me = useMe();
  const isMe = latest.userId !== null && latest.userId === me?.id;
  const isForeign = latest.userId !== null && other !== null && !isMe && latest.userId !== other;
  const [firstName = "", ...rest] = (latest.userName ?? "").split(" ");
  const person = { firstName, lastName: rest.join(" "), role: latest.userRole ?? "admin" };
  const detail = [
    said(latest, t),
    latest.onBehalfOf !== null && t("behalf"),
    isGiven(latest) && t("reason", { reason: latest.reason ?? "" }),
  ];
  return (
    <Row
      before={<Avatar person={person} size="small" />}
      title={
        <>
          <strong>{latest.userName ?? t("somebody")}</strong>{" "}
          {isMe ? <Tag tone="accent">{t("you")}</Tag> : latest.userRole !== null && <Tag>{roleName(latest.userRole)}</Tag>}{" "}
          {isForeign && (
            <Tag tone="warn" icon={<ShieldAlert size={14} aria-hidden="true" />}>
              {t("foreign")}
            </Tag>
          )}
        </>
      }
      detail={detail.filter(Boolean).join(" · ")}
      side={
        <span>
          {since === latest.at || clockTime(since) === clockTime(latest.at)
            ? clockTime(latest.at)
            : `${clockTime(since)} – ${clockTime(latest.at)}`}
          {times > 1 && ` · ${t("times", { count: times })}`}
        </span>
      }
    />
  );
}

function said({ action, reason }: Access, t: (key: keyof typeof accessTexts.fr) => string): string {
  if (action === "attachment.download" && reason === "thumbnail") return t("thumbnail");
  return t(action in accessTexts.fr ? (action as keyof typeof accessTexts.fr) : "other");
}

/** Whether a person gave the reason; others are words of the server's own. */
function isGiven({ action, reason }: Access): boolean {
  return reason !== null && (action.startsWith("break_glass") || action.startsWith("legal_hold"));
}
