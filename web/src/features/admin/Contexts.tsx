import { useCallback, useState } from "react";
import { type Pages, useMessaging, usePages, useResource } from "@/hooks";
import { doctorName, shortDate, useLanguage, useTexts } from "@/i18n";
import type { AdminContext } from "@/sdk/contract";
import { Button, Check, Listing, Row, Select, Tag } from "@/ui";
import styles from "./Admin.module.css";
import { Confirm } from "./Confirm";
import { adminTexts } from "./texts";
import { useChange } from "./useChange";

export function Contexts() {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const [openOnly, setOpenOnly] = useState(false);
  const [type, setType] = useState("");
  const types = useResource(useCallback(() => rest.contexts.types(), [rest]));
  const language = useLanguage();
  const pages = usePages<AdminContext>(
    useCallback((before) => rest.admin.contexts({ before, type, closed: openOnly ? false : undefined }), [rest, type, openOnly]),
  );
  return (
    <>
      <p className={styles.lead}>{t("contextText")}</p>
      <div className={styles.tools}>
        <Check label={t("openOnly")} checked={openOnly} onChange={(event) => setOpenOnly(event.target.checked)} />
        <Select label={t("type")} value={type} onChange={(event) => setType(event.target.value)}>
          <option value="">{t("anyType")}</option>
          {types.data?.items.map((one) => (
            <option key={one.type} value={one.type}>
              {one.label[language]}
            </option>
          ))}
        </Select>
      </div>
      <Listing pages={pages}>
        {(context) => (
          <ContextRow
            key={`${context.type} ${context.id}`}
            context={context}
            typeName={types.data?.items.find((one) => one.type === context.type)?.label[language] ?? context.type}
            pages={pages}
          />
        )}
      </Listing>
    </>
  );
}

interface ContextRowProps {
  context: AdminContext;
  typeName: string;
  pages: Pages<AdminContext>;
}

function ContextRow({ context, typeName, pages }: ContextRowProps) {
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
            <Tag tone="accent">{typeName}</Tag> {id}
          </>
        }
        detail={`${patient.name} – ${doctorName(doctor.name)} · ${t("version", { version })} · ${shortDate(updatedAt)}`}
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
