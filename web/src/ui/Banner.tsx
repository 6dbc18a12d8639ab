import type { ReactNode } from "react";
import styles from "./Banner.module.css";
import { classes } from "./classes";

export interface BannerProps {
  tone?: "info" | "ok" | "warn" | "danger";
  icon?: ReactNode;
  action?: ReactNode;
  /** As a box within a page, not across its edge. */
  round?: boolean;
  /** Said at once (alert), when one gets to it (status), or not by itself. */
  role?: "alert" | "status";
  children: ReactNode;
}

export function Banner({ tone = "info", icon, action, round, role, children }: BannerProps) {
  return (
    <div className={classes(styles.banner, styles[tone], round && styles.round)} role={role}>
      {icon}
      <div className={styles.text}>{children}</div>
      {action}
    </div>
  );
}
