import { ago, personName, useLanguage } from "@/i18n";
import type { Author } from "@/sdk/contract";
import { Avatar } from "@/ui";
import styles from "./Forum.module.css";

/** Who wrote it, and when. Under a pseudonym there is no role. */
export function Byline({ author, at }: { author: Author; at: string }) {
  const language = useLanguage();
  const [firstName = "", ...rest] = author.name.split(" ");
  const person = { firstName, lastName: rest.join(" "), role: author.role ?? "" };
  return (
    <span className={styles.byline}>
      <Avatar person={person} size="small" />
      <span>
        {personName(person, language)}, <time dateTime={at}>{ago(at, language)}</time>
      </span>
    </span>
  );
}
