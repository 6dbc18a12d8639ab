/** As people write them: with commas, semicolons or blanks between, perhaps with a # before. */
export function tagsOf(text: string): string[] {
  const tags = text
    .split(/[,;\s]+/)
    .map((tag) => tag.replace(/^#+(?=.)/, "").toLowerCase())
    .filter((tag) => tag !== "");
  return [...new Set(tags)];
}
