import styles from "./Spinner.module.css";

/** Only the turning ring: whoever shows it says in words what is awaited. */
export function Spinner() {
  return <span className={styles.spinner} aria-hidden="true" />;
}

export function Loading({ text }: { text: string }) {
  return (
    <p className={styles.loading} role="status">
      <Spinner />
      {text}
    </p>
  );
}

/** The shape of what is to come; hidden from screen readers, which hear `Loading` or a status instead. */
export function Skeleton({ width = "100%", height = "1em", round = false }: { width?: string; height?: string; round?: boolean }) {
  return <span className={styles.skeleton} style={{ width, height, borderRadius: round ? "50%" : undefined }} aria-hidden="true" />;
}
