/** As the server counts: code points, without the white space around. */
export function lengthOf(text: string): number {
  return [...trimmed(text)].length;
}

export function trimmed(text: string): string {
  return text.replace(/^[\s\ufeff]+|[\s\ufeff]+$/gu, "");
}

/** How many are left, once that is worth saying; negative when there are too many. A limit of 0 is none. */
export function left(text: string, limit: number): number | null {
  if (limit <= 0 || text.length < limit * 0.9 - 1) return null;
  const rest = limit - lengthOf(text);
  return rest <= Math.max(100, limit * 0.04) ? rest : null;
}
