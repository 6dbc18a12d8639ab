import { useEffect, useRef } from "react";
import type { Recorder } from "./recorder";
import styles from "./VoiceBar.module.css";

const BARS = 28;
const EVERY_MS = 80;

/** That the microphone hears something; written past React, twelve times a second. */
export function LevelMeter({ recorder }: { recorder: Recorder | null }) {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (recorder === null) return;
    const levels = Array.from({ length: BARS }, () => 0);
    const timer = setInterval(() => {
      levels.shift();
      levels.push(recorder.level());
      for (const [index, bar] of [...(meter.current?.children ?? [])].entries()) {
        (bar as HTMLElement).style.transform = `scaleY(${Math.max(0.08, levels[index] ?? 0)})`;
      }
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [recorder]);
  return (
    <div ref={meter} className={styles.meter} aria-hidden="true">
      {Array.from({ length: BARS }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}
