import { Link } from "wouter";
import { useTexts } from "@/i18n";
import { Marked } from "@/text/Marked";
import { classes, Tag } from "@/ui";
import { Byline } from "./Byline";
import styles from "./Forum.module.css";
import { forumTexts } from "./texts";
import type { Listed } from "./useQuestions";

export function QuestionRow({ question }: { question: Listed }) {
  const t = useTexts(forumTexts);
  const { id, title, excerpt, tags, author, score, answerCount, acceptedAnswerId, createdAt, found } = question;
  return (
    <li>
      <Link href={`/forum/${id}`} className={styles.item ?? ""}>
        <span className={styles.counts}>
          <Counted text={t("score", { count: score })} />
          <span className={classes(acceptedAnswerId !== null && styles.answered)}>
            <Counted text={t("answers", { count: answerCount })} />
          </span>
        </span>
        <span>
          <span className={styles.heading} dir="auto">
            {found === undefined ? title : <Marked parts={found.title} />}
          </span>
          <span className={styles.excerpt} dir="auto">
            {found === undefined ? excerpt : <Marked parts={found.excerpt} />}
          </span>
          <span className={styles.foot}>
            {acceptedAnswerId !== null && <Tag tone="ok">{t("accepted")}</Tag>}
            {tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
            <Byline author={author} at={createdAt} />
          </span>
        </span>
      </Link>
    </li>
  );
}

/** "3 votes" with the number above the word. */
function Counted({ text }: { text: string }) {
  const [number, ...words] = text.split(" ");
  return (
    <span>
      <strong>{number}</strong> {words.join(" ")}
    </span>
  );
}
