import type { LucideIcon } from "lucide-react";
import { Link } from "wouter";
import { inSight } from "./in-sight";
import styles from "./Parts.module.css";

export interface PartsProps<Key extends string> {
  label: string;
  parts: readonly { key: Key; href: string; Icon: LucideIcon }[];
  /** What a part is called. */
  name: (key: Key) => string;
  chosen: Key;
}

/** The parts of a section, as links; on a phone they scroll sideways, and the one that is shown is in sight. */
export function Parts<Key extends string>({ label, parts, name, chosen }: PartsProps<Key>) {
  return (
    <nav aria-label={label}>
      <ul className={styles.parts}>
        {parts.map(({ key, href, Icon }) => (
          <li key={key} ref={key === chosen ? inSight : undefined}>
            <Link href={href} className={styles.part ?? ""} aria-current={key === chosen ? "page" : undefined}>
              <Icon size={18} aria-hidden="true" />
              {name(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
