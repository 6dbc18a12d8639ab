import { MessageSquareWarning } from "lucide-react";
import { useEffect, useState } from "react";
import { useLostWithPage } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner } from "@/ui";
import { appTexts } from "./texts";

/** What goes out within this time was never in danger. */
const AFTER_MS = 2_000;

/** As long as something waits that the browser does not keep: so that one leaves the page open until it is sent. */
export function LossBanner() {
  const t = useTexts(appTexts);
  const isAnyLost = useLostWithPage() > 0;
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    setIsLong(false);
    if (!isAnyLost) return;
    const timer = setTimeout(() => setIsLong(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, [isAnyLost]);
  return (
    <div role="status">
      {isAnyLost && isLong && (
        <Banner tone="warn" icon={<MessageSquareWarning size={18} aria-hidden="true" />}>
          {t("notKept")}
        </Banner>
      )}
    </div>
  );
}
