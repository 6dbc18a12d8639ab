import { Fragment, memo, type MouseEvent, type ReactNode } from "react";
import { oddities } from "./links";
import { parseBlocks, type Block, type Inline } from "./marks";

interface Props {
  text: string;
  /** Asked before an address that deserves a second look is opened. */
  onOddLink: (href: string) => void;
}

/** What a person wrote, with its light formatting. Only elements are made here; nothing is ever parsed as HTML. */
export const Formatted = memo(function Formatted({ text, onOddLink }: Props) {
  return <>{parseBlocks(text).map((block, index) => <Fragment key={index}>{blockOf(block, onOddLink)}</Fragment>)}</>;
});

function blockOf(block: Block, onOddLink: Props["onOddLink"]): ReactNode {
  if (block.kind === "code") {
    return (
      <pre className="fmt-code" tabIndex={0}>
        <code>{block.text}</code>
      </pre>
    );
  }
  if (block.kind === "lines") return <p className="fmt-lines">{inline(block.children, onOddLink)}</p>;
  const isNumbered = block.items[0]!.number !== null;
  const items = block.items.map((item, index) => (
    <li key={index} value={item.number ?? undefined}>
      {inline(item.children, onOddLink)}
    </li>
  ));
  return isNumbered ? <ol className="fmt-list is-numbered">{items}</ol> : <ul className="fmt-list">{items}</ul>;
}

function inline(parts: Inline[], onOddLink: Props["onOddLink"]): ReactNode[] {
  return parts.map((part, index) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "code":
        return <code key={index}>{part.text}</code>;
      case "bold":
        return <strong key={index}>{inline(part.children, onOddLink)}</strong>;
      case "italic":
        return <em key={index}>{inline(part.children, onOddLink)}</em>;
      case "link":
        return <SafeLink key={index} text={part.text} href={part.href} onOddLink={onOddLink} />;
    }
  });
}

function SafeLink({ text, href, onOddLink }: { text: string; href: string; onOddLink: Props["onOddLink"] }) {
  const isOdd = oddities(href).length > 0;
  const lookTwice = (event: MouseEvent) => {
    if (!isOdd) return;
    event.preventDefault();
    onOddLink(href);
  };
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc" referrerPolicy="no-referrer" onClick={lookTwice} onAuxClick={lookTwice}>
      {text}
    </a>
  );
}
