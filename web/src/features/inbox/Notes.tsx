import type { ReactNode } from "react";
import { Search } from "lucide-react";
import { Link } from "wouter";
import { useTexts } from "@/i18n";
import type { Role } from "@/sdk/types";
import { Banner, Button, EmptyState, Hidden, Skeleton, uiTexts } from "@/ui";
import type { Filter } from "./filters";
import styles from "./Inbox.module.css";
import { inboxTexts } from "./texts";

export function Skeletons() {
  const t = useTexts(inboxTexts);
  return (
    <div className={styles.skeletons} role="status">
      <Hidden>{t("loading")}</Hidden>
      {[62, 48, 70, 55, 64, 50].map((width) => (
        <span key={width} className={styles.skeleton}>
          <Skeleton width="2.75rem" height="2.75rem" round />
          <span>
            <Skeleton width={`${width}%`} height="0.9rem" />
            <Skeleton width={`${width + 25}%`} height="0.8rem" />
          </span>
        </span>
      ))}
    </div>
  );
}

export function Failed({ retry }: { retry: () => Promise<void> }) {
  const t = useTexts(inboxTexts);
  const ui = useTexts(uiTexts);
  return (
    <Banner tone="warn" role="alert" action={<Button onClick={() => void retry()}>{ui("retry")}</Button>}>
      {t("failed")}
    </Banner>
  );
}

/** No name holds these words; perhaps a message does. */
export function NoHits({ q }: { q: string }) {
  const t = useTexts(inboxTexts);
  return (
    <EmptyState
      icon={<Search size={28} />}
      title={t("nothingFound")}
      text={t("nothingFoundText")}
      action={<Link href={`/search?q=${encodeURIComponent(q)}`}>{t("searchMessages", { query: q })}</Link>}
    />
  );
}

interface EmptyListProps {
  filter: Filter;
  role: Role;
  icon: ReactNode;
  action: ReactNode;
}

export function EmptyList({ filter, role, icon, action }: EmptyListProps) {
  const t = useTexts(inboxTexts);
  if (filter === "unread") return <EmptyState icon={icon} title={t("noneUnread")} />;
  if (filter === "urgent") return <EmptyState icon={icon} title={t("noneUrgent")} />;
  if (filter === "awaiting") return <EmptyState icon={icon} title={t("noneAwaiting")} />;
  if (filter === "archived") return <EmptyState icon={icon} title={t("noneArchived")} />;
  const hint = role === "patient" ? "emptyPatient" : role === "member" ? "emptyMember" : "emptyDoctor";
  return <EmptyState icon={icon} title={t("emptyTitle")} text={t(hint)} action={action} />;
}
