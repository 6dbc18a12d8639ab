import { useState } from "react";
import { useMessaging } from "@/hooks";
import { personName, roleName, useTexts } from "@/i18n";
import type { RealAuthor } from "@/sdk/contract";
import { Avatar, Button, Dialog, Row, Rows } from "@/ui";
import { reportTexts } from "./texts.reports";
import { adminTexts } from "./texts";
import { useChange } from "./useChange";

/** Who is behind a pseudonym: said only after one was told that asking is noted. */
export function Author({ questionId, close }: { questionId: number; close: () => void }) {
  const t = useTexts(reportTexts);
  const all = useTexts(adminTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const [busy, setBusy] = useState(false);
  const [author, setAuthor] = useState<RealAuthor | null>(null);

  async function look() {
    setBusy(true);
    await change(async () => {
      const reply = await rest.call("GET /api/admin/questions/{id}/author", { path: { id: questionId } });
      setAuthor(reply.author);
    });
    setBusy(false);
  }

  return (
    <Dialog
      title={t("whoAsked")}
      size="small"
      onClose={close}
      actions={
        author === null ? (
          <>
            <Button data-autofocus onClick={close}>
              {all("cancel")}
            </Button>
            <Button kind="primary" busy={busy} onClick={() => void look()}>
              {t("lookBehind")}
            </Button>
          </>
        ) : (
          <Button onClick={close}>{t("done")}</Button>
        )
      }
    >
      {author === null ? (
        <p>{t("authorText")}</p>
      ) : (
        <Rows>
          <Row before={<Avatar person={author} />} title={personName(author)} detail={`${roleName(author.role)} · ${author.username}`} />
        </Rows>
      )}
    </Dialog>
  );
}
