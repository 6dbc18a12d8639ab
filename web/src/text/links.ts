// Which parts of a text are addresses, and which of those a person should look at twice before going there.

export interface FoundLink {
  start: number;
  end: number;
  href: string;
}

const CANDIDATE = /(?:https?:\/\/|www\.)[^\s<>"`]+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/gi;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const TRAILING = /[.,;:!?'’"”»*_~]$/;
// Characters that turn the direction of what follows: an address with one of them shows another name than it has.
const TURNS_DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

export function findLinks(text: string): FoundLink[] {
  const found: FoundLink[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const written = withoutTrailing(match[0]);
    const href = safeHref(written);
    if (href !== null) found.push({ start: match.index, end: match.index + written.length, href });
  }
  return found;
}

/** The address to go to, or null when it is none that a message may lead to. */
export function safeHref(written: string): string | null {
  if (TURNS_DIRECTION.test(written)) return null;
  const whole = /^www\./i.test(written) ? `https://${written}` : isMail(written) ? `mailto:${written}` : written;
  let url: URL;
  try {
    url = new URL(whole);
  } catch {
    return null;
  }
  return SCHEMES.has(url.protocol) ? url.href : null;
}

export type Oddity = "unencrypted" | "credentials" | "number" | "port" | "letters" | "deep";

/** Why this address deserves a second look; empty for an everyday one. */
export function oddities(href: string): Oddity[] {
  const url = new URL(href);
  if (url.protocol === "mailto:") return [];
  const found: Oddity[] = [];
  if (url.protocol === "http:") found.push("unencrypted");
  if (url.username !== "" || url.password !== "") found.push("credentials");
  if (/^[\d.]+$|^\[/.test(url.hostname)) found.push("number");
  else if (url.hostname.split(".").length > 5) found.push("deep");
  if (url.port !== "") found.push("port");
  if (/(?:^|\.)xn--/.test(url.hostname)) found.push("letters");
  return found;
}

function isMail(written: string): boolean {
  return !written.includes("/") && written.includes("@");
}

/** A full stop after an address ends the sentence; a bracket ends it unless it was opened inside. */
function withoutTrailing(written: string): string {
  let kept = written;
  for (;;) {
    if (TRAILING.test(kept)) kept = kept.slice(0, -1);
    else if (kept.endsWith(")") && count(kept, "(") < count(kept, ")")) kept = kept.slice(0, -1);
    else return kept;
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
