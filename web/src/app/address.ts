/** What an address says of a conversation or a message; null for what cannot be the number of one. */
export function numberIn(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
