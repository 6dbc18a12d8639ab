import type { ExcerptPart } from "@/sdk/contract";

/** A text in which the words that were looked for are marked. */
export function Marked({ parts }: { parts: readonly ExcerptPart[] }) {
  return parts.map((part, place) =>
    // The parts are what they are: none moves.
    // oxlint-disable-next-line react/no-array-index-key
    part.match ? <mark key={place}>{part.text}</mark> : <span key={place}>{part.text}</span>,
  );
}
