import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { useTexts } from "@/i18n";
import { IconButton } from "@/ui";
import { ACCEPT } from "../files/rules";
import { texts } from "../texts";

/** Files, by the browser's own dialog. */
export function Attach({ add }: { add: (files: readonly File[]) => void }) {
  const t = useTexts(texts);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label={t("attach")}
        onChange={(event) => {
          add([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <IconButton label={t("attach")} onClick={() => picker.current?.click()}>
        <Paperclip size={20} aria-hidden="true" />
      </IconButton>
    </>
  );
}
