import styles from "./Avatar.module.css";
import { classes } from "./classes";

export interface Pictured {
  firstName: string;
  lastName: string;
  role?: string;
}

/** Initials on the tint of the role, drawn by the style sheet: they are a picture, no text of the button they are on. The name stands beside it: hidden from screen readers, the presence is said there too. */
export function Avatar({ person, online, size = "medium" }: { person: Pictured; online?: boolean; size?: "small" | "medium" | "large" }) {
  const look = classes(styles.avatar, styles[size], person.role && styles[person.role], online && styles.online);
  return (
    <span className={look} data-initials={initials(person)} aria-hidden="true" />
  );
}

export function initials({ firstName, lastName }: Pictured): string {
  const first = [...firstName.trim()][0] ?? "";
  const last = [...lastName.trim()][0] ?? "";
  return `${first}${last}`.toLocaleUpperCase() || "?";
}
