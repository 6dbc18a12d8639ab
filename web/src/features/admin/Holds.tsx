import { LockKeyhole } from "lucide-react";
import { useCallback, useState } from "react";
import { Link } from "wouter";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { shortDate, useTexts } from "@/i18n";
import type { Hold } from "@/sdk/contract";
import { Button, Check, EmptyState, Listing, ReasonDialog, Row, Tag, toast } from "@/ui";
import styles from "./Admin.module.css";
import { HoldForm } from "./HoldForm";
import { PersonLink } from "./PersonLink";
import { dataTexts } from "./texts.data";
import { useChange } from "./useChange";

/** What is kept whatever its retention says. */
export function Holds() {
  const t = useTexts(dataTexts);
  const { rest } = useMessaging();
  const [all, setAll] = useState(false);
  const [isMaking, setIsMaking] = useState(false);
  const pages = usePages<Hold>(
    useCallback((before, signal) => rest.call("GET /api/admin/legal-holds", { query: { before, all }, signal }), [rest, all]),
  );
  return (
    <>
      <p className={styles.lead}>{t("holdText")}</p>
      <div className={styles.tools}>
        <Check label={t("allHolds")} checked={all} onChange={(event) => setAll(event.target.checked)} />
        <Button kind="primary" large icon={<LockKeyhole size={18} aria-hidden="true" />} onClick={() => setIsMaking(true)}>
          {t("newHold")}
        </Button>
      </div>
      <Listing pages={pages} empty={<EmptyState icon={<LockKeyhole size={28} />} title={t("noHolds")} text={t("noHoldsText")} />}>
        {(hold) => <HoldRow key={hold.id} hold={hold} pages={pages} />}
      </Listing>
      {isMaking && (
        <HoldForm
          close={() => setIsMaking(false)}
          placed={(hold) => {
            setIsMaking(false);
            toast(t("holdPlaced"));
            pages.update((items) => [hold, ...items]);
          }}
        />
      )}
    </>
  );
}

function HoldRow({ hold, pages }: { hold: Hold; pages: Pages<Hold> }) {
  const t = useTexts(dataTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const [isAsking, setIsAsking] = useState(false);
  const { id, conversationId, userId, reason, placedBy, placedAt, releaseReason, releasedBy, releasedAt } = hold;

  function release(why: string) {
    return change(async () => {
      const released = await rest.call("POST /api/admin/legal-holds/{id}/release", { path: { id }, body: { reason: why } });
      pages.update((items) => items.map((item) => (item.id === id ? released : item)));
      toast(t("holdReleased"));
    });
  }

  return (
    <>
      <Row
        title={
          <>
            {conversationId !== null && <Link href={`/admin/trail/${conversationId}`}>{t("heldConversation", { id: conversationId })}</Link>}
            {userId !== null && (
              <>
                {t("heldPerson")} <PersonLink id={userId} />
              </>
            )}
          </>
        }
        detail={
          <>
            {t("heldFor", { reason })}
            <br />
            {t("heldBy", { name: placedBy, when: shortDate(placedAt) })}
            {releasedAt !== null && (
              <>
                <br />
                {t("releasedBy", { name: releasedBy ?? "", when: shortDate(releasedAt), reason: releaseReason ?? "" })}
              </>
            )}
          </>
        }
        side={
          releasedAt === null ? (
            <Button aria-label={t("releaseOf", { id })} onClick={() => setIsAsking(true)}>
              {t("release")}
            </Button>
          ) : (
            <Tag>{t("released")}</Tag>
          )
        }
      />
      {isAsking && (
        <ReasonDialog
          title={t("releaseTitle")}
          label={t("reason")}
          action={t("release")}
          danger
          shortest={1}
          close={() => setIsAsking(false)}
          act={release}
        >
          <p>{t("releaseText")}</p>
        </ReasonDialog>
      )}
    </>
  );
}
