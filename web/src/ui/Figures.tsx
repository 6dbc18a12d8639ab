import styles from "./Figures.module.css";

/** Numbers to be seen at a glance, each with what it counts. */
export function Figures({ figures }: { figures: readonly { key: string; name: string; value: string | number }[] }) {
  return (
    <dl className={styles.figures}>
      {figures.map(({ key, name, value }) => (
        <div key={key} className={styles.figure}>
          <dt>{name}</dt>
          <dd data-stat={key}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
