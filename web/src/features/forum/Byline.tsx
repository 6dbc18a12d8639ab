import { ago, personName, useLanguage } from "@/i18n";
import type { Author } from "@/sdk/contract";
import { Avatar } from "@/ui";
import styles from "./Forum.module.css";
import { personOf } from "./people";

/** Who wrote it, and when. */
export function Byline({ author, at }: { author: Author; at: string }) {
  const language = useLanguage();
  const person = personOf(author);
  return (
    <span className={styles.byline}>
      <Avatar person={person} size="small" />
      <span>
        {personName(person, language)}, <time dateTime={at}>{ago(at, language)}</time>
      </span>
    </span>
  );
}
