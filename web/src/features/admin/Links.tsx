import { Link2 } from "lucide-react";
import { useCallback, useState } from "react";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { doctorName, shortDate, useTexts } from "@/i18n";
import type { CareLink } from "@/sdk/contract";
import { Button, Check, Listing, Row, Tag, toast } from "@/ui";
import styles from "./Admin.module.css";
import { Confirm } from "./Confirm";
import { LinkForm } from "./LinkForm";
import { adminTexts } from "./texts";
import { useChange } from "./useChange";

export function Links() {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const [activeOnly, setActiveOnly] = useState(true);
  const [isMaking, setIsMaking] = useState(false);
  const pages = usePages<CareLink>(
    useCallback((before) => rest.admin.careLinks({ before, active: activeOnly ? true : undefined }), [rest, activeOnly]),
  );
  return (
    <>
      <p className={styles.lead}>{t("linkHint")}</p>
      <div className={styles.tools}>
        <Check label={t("activeOnly")} checked={activeOnly} onChange={(event) => setActiveOnly(event.target.checked)} />
        <Button kind="primary" large icon={<Link2 size={18} aria-hidden="true" />} onClick={() => setIsMaking(true)}>
          {t("newLink")}
        </Button>
      </div>
      <Listing pages={pages}>{(link) => <LinkRow key={link.id} link={link} pages={pages} />}</Listing>
      {isMaking && (
        <LinkForm
          close={() => setIsMaking(false)}
          saved={() => {
            setIsMaking(false);
            toast(t("saved"));
            pages.reload();
          }}
        />
      )}
    </>
  );
}

function LinkRow({ link, pages }: { link: CareLink; pages: Pages<CareLink> }) {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const [isAsking, setIsAsking] = useState(false);
  const names = { patient: link.patient.name, doctor: doctorName(link.doctor.name) };

  function end() {
    return change(async () => {
      const reply = await rest.admin.endCareLink(link.id);
      pages.update((items) => items.map((item) => (item.id === link.id ? reply.link : item)));
    });
  }

  const since = t("since", { when: shortDate(link.since) });
  return (
    <>
      <Row
        tight
        title={`${names.patient} – ${names.doctor}`}
        detail={link.until === null ? since : `${since}, ${t("until", { when: shortDate(link.until) })}`}
        side={
          link.active ? (
            <Button aria-label={t("endLinkOf", names)} onClick={() => setIsAsking(true)}>
              {t("endLink")}
            </Button>
          ) : (
            <Tag>{t("ended")}</Tag>
          )
        }
      />
      {isAsking && (
        <Confirm
          title={t("endLinkTitle")}
          text={t("endLinkText", names)}
          action={t("endLink")}
          close={() => setIsAsking(false)}
          act={end}
        />
      )}
    </>
  );
}
