import { type RefObject, Suspense } from "react";
import { MessagesSquare } from "lucide-react";
import { useLocation, useSearch } from "wouter";
import { Inbox } from "@/features/inbox/Inbox";
import { useTexts } from "@/i18n";
import { EmptyState, Hidden, lazyPart, Loading, uiTexts } from "@/ui";
import { numberIn } from "./address";
import { PartFailed } from "./PartFailed";
import styles from "./Shell.module.css";
import { appTexts } from "./texts";

const Conversation = lazyPart(() => import("@/features/conversation").then(({ Conversation }) => Conversation));
const AccessLog = lazyPart(() => import("@/features/access/AccessLog").then(({ AccessLog }) => AccessLog));
const Exports = lazyPart(() => import("@/features/exports/Exports").then(({ Exports }) => Exports));

export interface MessagesSectionProps {
  id: number | null;
  /** "access" or "exports" of that conversation; the conversation itself without. */
  part: string | undefined;
  onNew: () => void;
  searchBox: RefObject<HTMLInputElement | null>;
}

/** The list and the conversation side by side; on a phone one of them. */
export function MessagesSection({ id, part, onNew, searchBox }: MessagesSectionProps) {
  const ui = useTexts(uiTexts);
  return (
    <div className={styles.panes} data-open={id !== null}>
      <div className={styles.list}>
        <Inbox openId={id} onNew={onNew} searchBox={searchBox} />
      </div>
      <div className={styles.pane}>
        <PartFailed place={`${id} ${part}`} home="/">
          <Suspense fallback={<Loading text={ui("loading")} />}>
            {id === null ? <None /> : <Pane id={id} part={part} />}
          </Suspense>
        </PartFailed>
      </div>
    </div>
  );
}

function Pane({ id, part }: { id: number; part: string | undefined }) {
  const [, navigate] = useLocation();
  const focusSeq = numberIn(new URLSearchParams(useSearch()).get("at")) ?? undefined;
  if (part === "access") return <AccessLog conversationId={id} />;
  if (part === "exports") return <Exports conversationId={id} />;
  return (
    <main className={styles.whole}>
      <Conversation key={id} conversationId={id} focusSeq={focusSeq} onBack={() => navigate("/")} />
    </main>
  );
}

function None() {
  const t = useTexts(appTexts);
  return (
    <main className={styles.empty}>
      <Hidden>
        <h1>{t("messages")}</h1>
      </Hidden>
      <EmptyState icon={<MessagesSquare size={28} />} title={t("none")} text={t("noneText")} />
    </main>
  );
}
