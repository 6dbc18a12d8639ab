import styles from "./Markup.module.css";

/** What our own server made from Markdown and cleaned; the policy of the page lets no script of it run either. */
export function Markup({ html }: { html: string }) {
  // oxlint-disable-next-line react/no-danger
  return <div className={styles.body} dangerouslySetInnerHTML={{ __html: html }} />;
}
