import { Spinner } from "@/ui";
import { Logo } from "./Logo";
import styles from "./Splash.module.css";

export function Splash({ text }: { text: string }) {
  return (
    <div className={styles.splash}>
      <Logo size={56} />
      <p className={styles.text} role="status">
        <Spinner />
        {text}
      </p>
    </div>
  );
}
