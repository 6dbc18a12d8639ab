// What changed between two texts, word by word.

export interface Piece {
  text: string;
  kind: "same" | "added" | "removed";
}

/** Beyond it a comparison would be felt; the texts are then shown as a whole. */
const MOST = 4_000_000;

export function differences(before: string, after: string): Piece[] {
  const from = words(before);
  const to = words(after);
  if (from.length * to.length > MOST) return joined([...from.map(piece("removed")), ...to.map(piece("added"))]);
  const common = lengths(from, to);
  const pieces: Piece[] = [];
  let [left, right] = [0, 0];
  while (left < from.length || right < to.length) {
    if (left < from.length && from[left] === to[right]) {
      pieces.push(piece("same")(from[left] ?? ""));
      left += 1;
      right += 1;
    } else if (right >= to.length || (left < from.length && at(common, left + 1, right) >= at(common, left, right + 1))) {
      pieces.push(piece("removed")(from[left] ?? ""));
      left += 1;
    } else {
      pieces.push(piece("added")(to[right] ?? ""));
      right += 1;
    }
  }
  return joined(pieces);
}

/** How many words the ends from there on have in common, for each pair of places. */
function lengths(from: readonly string[], to: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: from.length + 1 }, () => new Uint16Array(to.length + 1));
  for (let left = from.length - 1; left >= 0; left -= 1) {
    for (let right = to.length - 1; right >= 0; right -= 1) {
      const isCommon = from[left] === to[right];
      const row = table[left];
      if (row === undefined) continue;
      row[right] = isCommon ? at(table, left + 1, right + 1) + 1 : Math.max(at(table, left + 1, right), at(table, left, right + 1));
    }
  }
  return table;
}

function at(table: readonly Uint16Array[], left: number, right: number): number {
  return table[left]?.[right] ?? 0;
}

/** Each with the white space after it. */
function words(text: string): string[] {
  return text.match(/\S+\s*|^\s+/gu) ?? [];
}

function piece(kind: Piece["kind"]): (text: string) => Piece {
  return (text) => ({ text, kind });
}

function joined(pieces: readonly Piece[]): Piece[] {
  const runs: Piece[] = [];
  for (const { text, kind } of pieces) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.text += text;
    else runs.push({ text, kind });
  }
  return runs;
}
