// Light formatting, typed as Markdown marks: **bold**, *italic*, `code`, lists and blocks of code. What is no such mark
// stays exactly as it was written: "2*3*4", "snake_case" and a lone "- 5 °C" are text.

import { findLinks } from "./links";

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "bold" | "italic"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "link"; text: string; href: string };

export type Block =
  | { kind: "lines"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "list"; items: { number: number | null; children: Inline[] }[] };

const FENCE = /^```[\w+-]*\s*$/;
const ITEM = /^ {0,3}(?:[-*•]|(\d{1,4})[.)])[ \t]+(\S.*)$/;
const DEEPEST = 4;

export function parseBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  let plain: string[] = [];
  const flush = () => {
    if (plain.length > 0) blocks.push({ kind: "lines", children: parseInline(plain.join("\n")) });
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const taken = fenced(lines, at) ?? listed(lines, at);
    if (taken === null) {
      plain.push(lines[at] ?? "");
      at += 1;
      continue;
    }
    flush();
    blocks.push(taken.block);
    at = taken.next;
  }
  flush();
  return blocks;
}

function fenced(lines: string[], at: number): { block: Block; next: number } | null {
  if (!FENCE.test(lines[at] ?? "")) return null;
  const end = lines.findIndex((line, index) => index > at && line.trimEnd() === "```");
  if (end === -1) return null;
  return { block: { kind: "code", text: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
}

/** Two items at least: a single line that begins with a dash may be a number below zero. */
function listed(lines: string[], at: number): { block: Block; next: number } | null {
  const items: { number: number | null; children: Inline[] }[] = [];
  const isNumbered = ITEM.exec(lines[at] ?? "")?.[1] !== undefined;
  let next = at;
  for (; next < lines.length; next++) {
    const match = ITEM.exec(lines[next] ?? "");
    if (match === null || (match[1] !== undefined) !== isNumbered) break;
    items.push({ number: isNumbered ? Number(match[1]) : null, children: parseInline(match[2] ?? "") });
  }
  return items.length < 2 ? null : { block: { kind: "list", items }, next };
}

interface Mark {
  token: string;
  kind: "bold" | "italic" | "code";
}

const MARKS: Mark[] = [
  { token: "`", kind: "code" },
  { token: "**", kind: "bold" },
  { token: "__", kind: "bold" },
  { token: "*", kind: "italic" },
  { token: "_", kind: "italic" },
];

export function parseInline(text: string, depth = 0): Inline[] {
  const links = new Map(findLinks(text).map((link) => [link.start, link]));
  const parts: Inline[] = [];
  const hopeless = new Set<string>();
  let from = 0;
  const plainUpTo = (end: number) => {
    if (end > from) parts.push({ kind: "text", text: text.slice(from, end) });
  };
  for (let at = 0; at < text.length; ) {
    const link = links.get(at);
    if (link !== undefined) {
      plainUpTo(at);
      parts.push({ kind: "link", text: text.slice(at, link.end), href: link.href });
      from = at = link.end;
      continue;
    }
    if (text[at] === "\n") hopeless.clear();
    const mark = depth < DEEPEST ? MARKS.find(({ token }) => text.startsWith(token, at)) : undefined;
    const end = mark === undefined || hopeless.has(mark.token) || !opens(text, at, mark) ? -1 : closing(text, at, mark);
    if (mark === undefined || end === -1) {
      if (mark !== undefined && opens(text, at, mark)) hopeless.add(mark.token);
      at += mark?.token.length ?? 1;
      continue;
    }
    plainUpTo(at);
    const inside = text.slice(at + mark.token.length, end);
    parts.push(
      mark.kind === "code" ? { kind: "code", text: inside } : { kind: mark.kind, children: parseInline(inside, depth + 1) },
    );
    from = at = end + mark.token.length;
  }
  plainUpTo(text.length);
  return parts;
}

const WORD = /[\p{L}\p{N}]/u;

function opens(text: string, at: number, { token }: Mark): boolean {
  const before = text[at - 1];
  const after = text[at + token.length];
  return (before === undefined || !WORD.test(before)) && after !== undefined && !/\s/.test(after);
}

/** Where the mark that was opened at `at` is closed, on the same line; -1 when nowhere. */
function closing(text: string, at: number, { token, kind }: Mark): number {
  const line = text.indexOf("\n", at);
  const last = line === -1 ? text.length : line;
  for (let end = text.indexOf(token, at + token.length + 1); end !== -1 && end < last; end = text.indexOf(token, end + 1)) {
    const before = text[end - 1] ?? "";
    const after = text[end + token.length];
    const isDouble = token.length === 1 && kind !== "code" && (after === token || before === token);
    if (!isDouble && (kind === "code" || !/\s/.test(before)) && (after === undefined || !WORD.test(after))) return end;
  }
  return -1;
}

/** The words without their marks, for a line in a list, a quote or what is read aloud. */
export function plainText(text: string): string {
  const inline = (parts: Inline[]): string =>
    parts.map((part) => ("children" in part ? inline(part.children) : part.text)).join("");
  return parseBlocks(text)
    .map((block) =>
      block.kind === "code"
        ? block.text
        : block.kind === "lines"
          ? inline(block.children)
          : block.items.map((item) => `${item.number === null ? "•" : `${item.number}.`} ${inline(item.children)}`).join("\n"),
    )
    .join("\n");
}
