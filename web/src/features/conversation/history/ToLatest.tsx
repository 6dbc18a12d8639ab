import { ArrowDown } from "lucide-react";
import { useTexts } from "@/i18n";
import { Hidden } from "@/ui";
import { texts } from "../texts";
import styles from "./History.module.css";
import type { View } from "./VirtualList";

interface Props {
  view: View | null;
  hasNewer: boolean;
  unread: number;
  toBottom: () => void;
}

/** Away from the latest message: the way back, and how many are unread on it. */
export function ToLatest({ view, hasNewer, unread, toBottom }: Props) {
  const t = useTexts(texts);
  if (view === null || (view.isAtBottom && !hasNewer)) return null;
  return (
    <button type="button" className={styles.below} onClick={toBottom}>
      <ArrowDown size={18} aria-hidden="true" />
      {unread > 0 && t("newBelow", { count: unread })}
      <Hidden>{t("toLatest")}</Hidden>
    </button>
  );
}
