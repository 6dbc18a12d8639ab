/** What somebody typed or pasted, perhaps several with commas between, at the end of a list; each once, accents and case apart. */
export function withTyped(values: readonly string[], text: string, most: number): string[] {
  const list = [...values];
  for (const part of text.split(/[,;]/)) {
    const value = part.trim().replace(/\s+/g, " ");
    if (value !== "" && list.length < most && !list.some((known) => isSame(known, value))) list.push(value);
  }
  return list;
}

function isSame(one: string, other: string): boolean {
  return one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;
}
