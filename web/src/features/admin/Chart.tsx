import { useTexts } from "@/i18n";
import styles from "./Chart.module.css";
import { HEIGHT, pointsOf, SHOWN, topOf, WIDTH } from "./curve";
import { adminTexts } from "./texts";

/** A curve of numbers, one a second, latest to the right; said in words below it. */
export function Chart({ values }: { values: readonly number[] }) {
  const t = useTexts(adminTexts);
  const shown = values.slice(-SHOWN);
  const top = topOf(shown);
  const points = pointsOf(shown, top);
  const line = points.map(([x, y]) => `${x},${y}`).join(" ");
  const first = points[0]?.[0] ?? 0;
  return (
    <figure className={styles.figure}>
      <span className={styles.scale} aria-hidden="true">
        <span>{top}</span>
        <span>0</span>
      </span>
      <svg className={styles.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {[0, HEIGHT / 2, HEIGHT].map((y) => (
          <line key={y} className={styles.axis} x1="0" y1={y} x2={WIDTH} y2={y} />
        ))}
        {points.length > 1 && (
          <>
            <polygon className={styles.area} points={`${first},${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
            <polyline className={styles.curve} points={line} />
          </>
        )}
      </svg>
      <span className={styles.times} aria-hidden="true">
        <span>{t("minuteAgo")}</span>
        <span>{t("now")}</span>
      </span>
      <figcaption className={styles.caption}>
        {t("chartText", { min: Math.min(...shown, top), max: Math.max(...shown, 0), now: shown.at(-1) ?? 0 })}
      </figcaption>
    </figure>
  );
}
