import { useTexts } from "@/i18n";
import styles from "./Admin.module.css";
import { adminTexts } from "./texts";

const WIDTH = 300;
const HEIGHT = 100;
/** The window that is shown, in values, so that the curve does not stretch while it is young. */
const SHOWN = 60;

/** A curve of numbers, latest to the right; said in words below it. */
export function Chart({ values }: { values: readonly number[] }) {
  const t = useTexts(adminTexts);
  const shown = values.slice(-SHOWN);
  const max = Math.max(...shown, 1);
  const points = shown.map((value, place) => {
    const x = WIDTH - ((shown.length - 1 - place) / (SHOWN - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - (value / (max * 1.15)) * HEIGHT).toFixed(1)}`;
  });
  const first = points[0]?.split(",")[0] ?? "0";
  return (
    <figure>
      <svg className={styles.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <line className={styles.axis} x1="0" y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
        <line className={styles.axis} x1="0" y1={HEIGHT / 2} x2={WIDTH} y2={HEIGHT / 2} />
        {points.length > 1 && (
          <>
            <polygon className={styles.area} points={`${first},${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`} />
            <polyline className={styles.curve} points={points.join(" ")} />
          </>
        )}
      </svg>
      <figcaption className={styles.caption}>
        {t("chartText", { min: Math.min(...shown, max), max: Math.max(...shown, 0), now: shown.at(-1) ?? 0 })}
      </figcaption>
    </figure>
  );
}
