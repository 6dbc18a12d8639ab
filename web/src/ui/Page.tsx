import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Link } from "wouter";
import { useTexts } from "@/i18n";
import button from "./Button.module.css";
import { classes } from "./classes";
import styles from "./Page.module.css";
import { uiTexts } from "./texts";

export interface PageProps {
  title: string;
  /** Where "back" leads, for pages below another. */
  back?: string;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A screen with its heading, which takes the focus when the screen comes up, so that screen readers say where one is. */
export function Page({ title, back, actions, wide, children }: PageProps) {
  const t = useTexts(uiTexts);
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main className={classes(styles.page, wide && styles.wide)}>
      <header className={styles.head}>
        {back !== undefined && (
          <Link href={back} aria-label={t("back")} className={classes(button.icon, styles.back)}>
            <ArrowLeft size={22} aria-hidden="true" />
          </Link>
        )}
        <h1 ref={heading} id={id} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {actions}
      </header>
      {/* The keyboard scrolls it also where nothing inside takes the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.scroll} role="region" aria-labelledby={id} tabIndex={0}>
        <div className={styles.body}>{children}</div>
      </div>
    </main>
  );
}

/** `flush`: rows go to its edges. */
export function Card({ title, flush, children }: { title?: string; flush?: boolean; children: ReactNode }) {
  return (
    <section className={classes(styles.card, flush && styles.flush)}>
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}

export function Rows({ children }: { children: ReactNode }) {
  return <ul className={styles.rows}>{children}</ul>;
}

interface RowProps {
  before?: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  side?: ReactNode;
  /** With it the row is a link. */
  href?: string;
  /** Little text: what is at the side stays there on a phone too. */
  tight?: boolean;
}

export function Row({ before, title, detail, side, href, tight }: RowProps) {
  const look = classes(styles.row, tight && styles.tight);
  const inside = (
    <>
      {before}
      <span className={styles.main}>
        <span>{title}</span>
        {detail && <span className={styles.quiet}>{detail}</span>}
      </span>
      {side && <span className={styles.side}>{side}</span>}
    </>
  );
  return <li>{href === undefined ? <div className={look}>{inside}</div> : <Link href={href} className={look}>{inside}</Link>}</li>;
}

export function Stack({ children }: { children: ReactNode }) {
  return <div className={styles.stack}>{children}</div>;
}

export function Inline({ children }: { children: ReactNode }) {
  return <div className={styles.inline}>{children}</div>;
}
