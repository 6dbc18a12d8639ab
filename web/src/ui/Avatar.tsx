import styles from "./Avatar.module.css";
import { classes } from "./classes";

export interface Pictured {
  firstName: string;
  lastName: string;
  role?: string;
}

export interface AvatarProps {
  person: Pictured;
  online?: boolean;
  size?: "small" | "medium" | "large";
  /** A picture of them, where there is one. */
  src?: string | null;
}

/** Initials on the tint of the role, drawn by the style sheet: they are a picture, no text of the button they are on. The name stands beside it: hidden from screen readers, the presence is said there too. */
export function Avatar({ person, online, size = "medium", src = null }: AvatarProps) {
  const look = classes(styles.avatar, styles[size], person.role && styles[person.role], online && styles.online);
  return (
    <span className={look} data-initials={src === null ? initials(person) : ""} aria-hidden="true">
      {src !== null && <img src={src} alt="" className={styles.picture} />}
    </span>
  );
}

export function initials({ firstName, lastName }: Pictured): string {
  const first = [...firstName.trim()][0] ?? "";
  const last = [...lastName.trim()][0] ?? "";
  return `${first}${last}`.toLocaleUpperCase() || "?";
}
