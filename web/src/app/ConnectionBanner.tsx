import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useConnection } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner } from "@/ui";
import { appTexts } from "./texts";

const AFTER_MS = 2_000;

/** A blink of the connection is nobody's business. */
export function ConnectionBanner() {
  const t = useTexts(appTexts);
  const { status, since } = useConnection();
  const isAway = status === "offline" || status === "connecting";
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    setIsLong(false);
    if (!isAway) return;
    const timer = setTimeout(() => setIsLong(true), Math.max(0, since + AFTER_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [isAway, since]);
  return (
    <div role="status">
      {isAway && isLong && (
        <Banner tone="warn" icon={<CloudOff size={18} aria-hidden="true" />}>
          <span data-connection="away">{t("reconnecting")}</span>
        </Banner>
      )}
    </div>
  );
}
