/* oxlint-disable react/no-array-index-key -- the parts of a text have no other name, and are never moved */

import { Fragment, memo, type MouseEvent, type ReactNode } from "react";
import { classes } from "@/ui";
import styles from "./Formatted.module.css";
import { oddities } from "./links";
import { parseBlocks, type Block, type Inline } from "./marks";

interface Props {
  text: string;
  /** Asked before an address that deserves a second look is opened. */
  onOddLink: (href: string) => void;
  /** Of the links: only those of one bubble are stops of the Tab key. */
  tabIndex: number;
}

type Links = Omit<Props, "text">;

/** What a person wrote, with its light formatting. Only elements are made here; nothing is ever parsed as HTML. */
export const Formatted = memo(function Formatted({ text, ...links }: Props) {
  return parseBlocks(text).map((block, index) => <Fragment key={index}>{blockOf(block, links)}</Fragment>);
});

function blockOf(block: Block, links: Links): ReactNode {
  if (block.kind === "code") {
    return (
      <pre className={styles.block} tabIndex={links.tabIndex}>
        <code>{block.text}</code>
      </pre>
    );
  }
  if (block.kind === "lines") return <p className={styles.lines}>{inline(block.children, links)}</p>;
  const isNumbered = block.items[0]?.number !== null;
  const items = block.items.map((item, index) => (
    <li key={index} value={item.number ?? undefined}>
      {inline(item.children, links)}
    </li>
  ));
  return isNumbered ? <ol className={classes(styles.list, styles.numbered)}>{items}</ol> : <ul className={styles.list}>{items}</ul>;
}

function inline(parts: Inline[], links: Links): ReactNode[] {
  return parts.map((part, index) => {
    switch (part.kind) {
      case "text":
        return unbroken(part.text);
      case "code":
        return <code key={index}>{part.text}</code>;
      case "bold":
        return <strong key={index}>{inline(part.children, links)}</strong>;
      case "italic":
        return <em key={index}>{inline(part.children, links)}</em>;
      case "link":
        return <SafeLink key={index} text={part.text} href={part.href} {...links} />;
    }
  });
}

function SafeLink({ text, href, onOddLink, tabIndex }: Links & { text: string; href: string }) {
  const isOdd = oddities(href).length > 0;
  const lookTwice = (event: MouseEvent) => {
    if (!isOdd) return;
    event.preventDefault();
    onOddLink(href);
  };
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
      referrerPolicy="no-referrer"
      tabIndex={tabIndex}
      onClick={lookTwice}
      onAuxClick={lookTwice}
    >
      {text}
    </a>
  );
}

/** A sign that French writes after a blank does not begin a line. */
function unbroken(text: string): string {
  return text.replace(/ (?=[:;!?»%](?:\s|$))/g, "\u00a0").replace(/« /g, "«\u00a0");
}
