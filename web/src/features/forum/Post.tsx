import { Check, CheckCheck, EyeOff, Flag, History, MoreHorizontal, PenLine, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMe } from "@/hooks";
import { ago, useTexts } from "@/i18n";
import type { Answer, Question } from "@/sdk/contract";
import { classes, IconButton, Menu, type MenuItem, Tag } from "@/ui";
import { Byline } from "./Byline";
import { EditDialog } from "./EditDialog";
import styles from "./Forum.module.css";
import { Markup } from "./Markup";
import { ModerateDialog } from "./ModerateDialog";
import { RemoveDialog } from "./RemoveDialog";
import { ReportDialog } from "./ReportDialog";
import { forumTexts } from "./texts";
import type { Live } from "./thread";
import { VersionsDialog } from "./VersionsDialog";
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

type Opened = "edit" | "versions" | "remove" | "report" | "moderate" | null;

/** A question or an answer: votes at its side, its text, who wrote it, what one can do with it. */
export function Post({ post, apply, removed, above, accept }: PostProps) {
  const t = useTexts(forumTexts);
  const [dialog, setDialog] = useState<Opened>(null);
  const items = useItems(post, setDialog, accept);
  const isAccepted = isChosen(post);
  const close = () => setDialog(null);
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
        <Markup html={post.bodyHtml} />
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
      {dialog === "edit" && <EditDialog post={post} apply={apply} close={close} />}
      {dialog === "versions" && <VersionsDialog post={post} close={close} />}
      {dialog === "remove" && <RemoveDialog post={post} close={close} removed={removed} />}
      {dialog === "report" && <ReportDialog post={post} close={close} />}
      {dialog === "moderate" && <ModerateDialog post={post} close={close} removed={removed} />}
    </article>
  );
}

function useItems(post: Question | Answer, open: (dialog: Opened) => void, accept: PostProps["accept"]): MenuItem[] {
  const t = useTexts(forumTexts);
  const isAdmin = useMe()?.role === "admin";
  const isAccepted = isChosen(post);
  const icon = (Icon: typeof Check) => <Icon size={18} aria-hidden="true" />;
  const items: MenuItem[] = [];
  if (accept !== undefined)
    items.push({ text: t(isAccepted ? "unaccept" : "accept"), icon: icon(Check), onSelect: () => accept(!isAccepted) });
  if (post.canEdit) items.push({ text: t("edit"), icon: icon(PenLine), onSelect: () => open("edit") });
  if (post.editedAt !== null && (post.isMine || isAdmin))
    items.push({ text: t("versions"), icon: icon(History), onSelect: () => open("versions") });
  if (post.canDelete) items.push({ text: t("remove"), danger: true, icon: icon(Trash2), onSelect: () => open("remove") });
  if (!post.isMine) items.push({ text: t("report"), icon: icon(Flag), onSelect: () => open("report") });
  if (isAdmin && !post.isMine)
    items.push({ text: t("moderate"), danger: true, apart: true, icon: icon(EyeOff), onSelect: () => open("moderate") });
  return items;
}

function isChosen(post: Question | Answer): boolean {
  return "isAccepted" in post && post.isAccepted;
}
