import { useCallback, useState } from "react";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { shortDate, useTexts } from "@/i18n";
import type { AdminContext } from "@/sdk/contract";
import { Button, Row, Tag } from "@/ui";
import styles from "./Admin.module.css";
import { Confirm } from "./Confirm";
import { Listing } from "./Listing";
import { adminTexts } from "./texts";
import { useChange } from "./useChange";

export function Contexts() {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const pages = usePages<AdminContext>(useCallback((before) => rest.admin.contexts({ before }), [rest]));
  return (
    <>
      <p className={styles.lead}>{t("contextText")}</p>
      <Listing pages={pages}>{(context) => <ContextRow key={`${context.type} ${context.id}`} context={context} pages={pages} />}</Listing>
    </>
  );
}

function ContextRow({ context, pages }: { context: AdminContext; pages: Pages<AdminContext> }) {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const [isAsking, setIsAsking] = useState(false);
  const { id, type, version, patient, doctor, state, updatedAt } = context;

  function close() {
    return change(async () => {
      const reply = await rest.admin.endContext(id, type);
      pages.update((items) => items.map((item) => (item.id === id && item.type === type ? reply.context : item)));
    });
  }

  return (
    <>
      <Row
        title={
          <>
            <Tag tone="accent">{type}</Tag> {id}
          </>
        }
        detail={`${patient.name} – ${doctor.name} · ${t("version", { version })} · ${shortDate(updatedAt)}`}
        side={
          state === "active" ? (
            <Button aria-label={t("closeOf", { id })} onClick={() => setIsAsking(true)}>
              {t("close")}
            </Button>
          ) : (
            <Tag>{t("closed")}</Tag>
          )
        }
      />
      {isAsking && (
        <Confirm
          title={t("closeTitle")}
          text={t("closeText")}
          action={t("close")}
          close={() => setIsAsking(false)}
          act={close}
        />
      )}
    </>
  );
}
