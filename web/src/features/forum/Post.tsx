import { Check, CheckCheck, Flag, MoreHorizontal, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ago, useTexts } from "@/i18n";
import type { Answer, Question } from "@/sdk/contract";
import { classes, IconButton, Menu, type MenuItem, Tag } from "@/ui";
import { Byline } from "./Byline";
import styles from "./Forum.module.css";
import { RemoveDialog } from "./RemoveDialog";
import { ReportDialog } from "./ReportDialog";
import { forumTexts } from "./texts";
import type { Live } from "./thread";
import { Votes } from "./Votes";

export interface PostProps {
  post: Question | Answer;
  apply: (live: Live) => void;
  removed: () => void;
  /** Above the text: the title of a question. */
  above?: ReactNode;
  /** Whether the reader may choose among the answers, and how. */
  accept?: ((isAccepted: boolean) => void) | undefined;
}

/** A question or an answer: votes at its side, its text, who wrote it, what one can do with it. */
export function Post({ post, apply, removed, above, accept }: PostProps) {
  const t = useTexts(forumTexts);
  const [dialog, setDialog] = useState<"remove" | "report" | null>(null);
  const isAccepted = "isAccepted" in post && post.isAccepted;
  const items: MenuItem[] = [];
  if (accept !== undefined)
    items.push({ text: t(isAccepted ? "unaccept" : "accept"), icon: <Check size={18} aria-hidden="true" />, onSelect: () => accept(!isAccepted) });
  if (post.canDelete)
    items.push({ text: t("remove"), danger: true, icon: <Trash2 size={18} aria-hidden="true" />, onSelect: () => setDialog("remove") });
  if (!post.isMine) items.push({ text: t("report"), icon: <Flag size={18} aria-hidden="true" />, onSelect: () => setDialog("report") });
  return (
    <article className={classes(styles.post, isAccepted && styles.acceptedPost)}>
      <Votes post={post} apply={apply} />
      <div>
        {above}
        {isAccepted && (
          <Tag tone="ok" icon={<CheckCheck size={14} aria-hidden="true" />}>
            {t("accepted")}
          </Tag>
        )}
        {/* Made from Markdown and cleaned by our own server; the policy of the page lets no script of it run either. */}
        {/* oxlint-disable-next-line react/no-danger */}
        <div className={styles.body} dangerouslySetInnerHTML={{ __html: post.bodyHtml }} />
        <div className={styles.bar}>
          <span className={styles.foot}>
            <Byline author={post.author} at={post.createdAt} />
            {post.editedAt !== null && <span>{t("edited", { when: ago(post.editedAt) })}</span>}
          </span>
          {items.length > 0 && (
            <Menu label={t("actions")} items={items}>
              {(trigger) => (
                <IconButton label={t("actions")} {...trigger}>
                  <MoreHorizontal size={20} aria-hidden="true" />
                </IconButton>
              )}
            </Menu>
          )}
        </div>
      </div>
      {dialog === "remove" && <RemoveDialog post={post} close={() => setDialog(null)} removed={removed} />}
      {dialog === "report" && <ReportDialog post={post} close={() => setDialog(null)} />}
    </article>
  );
}
