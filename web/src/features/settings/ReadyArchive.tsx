import { Download } from "lucide-react";
import { useMessaging } from "@/hooks";
import { fullTime, useLanguage, useTexts } from "@/i18n";
import type { Archive } from "@/sdk/contract";
import { isMessagingError } from "@/sdk/errors";
import { saveBlob, sizeText } from "@/text/files";
import { Banner, Button, Inline, toast } from "@/ui";
import { settingsTexts } from "./texts";

/** `isOver`: it could be fetched no more. */
export function ReadyArchive({ current: { archiveId, size, expiresAt, createdAt }, isOver }: { current: Archive; isOver: () => Promise<void> }) {
  const t = useTexts(settingsTexts);
  const language = useLanguage();
  const { rest } = useMessaging();

  async function download() {
    try {
      const file = await rest.call("GET /api/messaging/archives/{id}/file", { path: { id: archiveId } });
      saveBlob(file, `colloque-${createdAt.slice(0, 10)}.zip`);
    } catch (failure) {
      if (!isMessagingError(failure)) throw failure;
      if (failure.code === "CONFLICT") await isOver();
      else toast(t("dataNotFetched"));
    }
  }

  const made = fullTime(createdAt, language);
  const until = expiresAt === null ? "" : fullTime(expiresAt, language);
  return (
    <>
      <Banner tone="ok" round role="status">
        {t("dataReady")} {size !== null && t("dataSize", { size: sizeText(size, language), made, until })}
      </Banner>
      <Inline>
        <Button kind="primary" icon={<Download size={18} aria-hidden="true" />} onClick={() => void download()}>
          {t("dataDownload")}
        </Button>
      </Inline>
    </>
  );
}
