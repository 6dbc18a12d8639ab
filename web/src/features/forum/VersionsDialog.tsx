import { useCallback, useMemo } from "react";
import { useMessaging, useResource } from "@/hooks";
import { fullTime, useTexts } from "@/i18n";
import type { Answer, PostVersion, Question } from "@/sdk/contract";
import { Banner, Button, Dialog, Loading, uiTexts } from "@/ui";
import { differences } from "./diff";
import { forumTexts } from "./texts";
import styles from "./Versions.module.css";

/** The texts that a question or an answer had before, each with what the next one changed. */
export function VersionsDialog({ post, close }: { post: Question | Answer; close: () => void }) {
  const t = useTexts(forumTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { id } = post;
  const isAnswer = "questionId" in post;
  const { data, error, reload } = useResource(
    useCallback(
      (signal) => {
        const which = { path: { id }, signal };
        return isAnswer ? rest.call("GET /api/answers/{id}/versions", which) : rest.call("GET /api/questions/{id}/versions", which);
      },
      [rest, id, isAnswer],
    ),
  );
  return (
    <Dialog title={t("versions")} size="wide" onClose={close} actions={<Button onClick={close}>{ui("close")}</Button>}>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={t("loading")} />}
      {data !== null && <History post={post} earlier={data.items} />}
    </Dialog>
  );
}

/** What a version says, as one text. */
interface Said {
  title: string | null;
  body: string;
  tags: readonly string[] | null;
}

function History({ post, earlier }: { post: Question | Answer; earlier: readonly PostVersion[] }) {
  const t = useTexts(forumTexts);
  const now: Said = "title" in post ? post : { title: null, body: post.body, tags: null };
  if (earlier.length === 0) return <p>{t("noVersions")}</p>;
  // Latest first: what is before in the list is what came after.
  return (
    <ol className={styles.versions}>
      {earlier.map((version, place) => (
        <li key={version.version}>
          <h3 className={styles.when}>{t("changedOn", { when: fullTime(version.replacedAt) })}</h3>
          <Change before={version} after={earlier[place - 1] ?? now} />
        </li>
      ))}
    </ol>
  );
}

function Change({ before, after }: { before: Said; after: Said }) {
  const pieces = useMemo(() => differences(whole(before), whole(after)), [before, after]);
  return (
    <p className={styles.text}>
      {pieces.map(({ text, kind }, place) => {
        const Mark = kind === "added" ? "ins" : kind === "removed" ? "del" : "span";
        // The pieces of a text that stays as it is.
        // oxlint-disable-next-line react/no-array-index-key
        return <Mark key={place}>{text}</Mark>;
      })}
    </p>
  );
}

function whole({ title, body, tags }: Said): string {
  return [title, tags?.map((tag) => `#${tag}`).join(" "), body].filter(Boolean).join("\n\n");
}
