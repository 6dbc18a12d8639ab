import { CheckCheck, Eye, ShieldCheck } from "lucide-react";
import { Logo } from "@/app/Logo";
import { useTexts } from "@/i18n";
import styles from "./Login.module.css";
import { loginTexts } from "./texts";

const POINTS = [
  { key: "point1", Icon: ShieldCheck },
  { key: "point2", Icon: CheckCheck },
  { key: "point3", Icon: Eye },
] as const;

/** What one logs in to. */
export function Story() {
  const t = useTexts(loginTexts);
  return (
    <header className={styles.story}>
      <p className={styles.brand}>
        <Logo size={40} /> Colloque
      </p>
      <p className={styles.promise}>{t("promise")}</p>
      <ul className={styles.points}>
        {POINTS.map(({ key, Icon }) => (
          <li key={key}>
            <Icon size={22} aria-hidden="true" />
            {t(key)}
          </li>
        ))}
      </ul>
    </header>
  );
}
