// What may be a picture of oneself, known before anything is sent. The server looks again, into the file itself.

const TYPES = ["image/jpeg", "image/png"];

/** For the browser's own dialog. */
export const ACCEPT = TYPES.join(",");

export type PictureTrouble = "badType" | "tooBig" | "emptyFile";

/** `most`: bytes; 0 is no limit. */
export function troubleWith({ type, size }: Pick<File, "type" | "size">, most: number): PictureTrouble | null {
  if (!TYPES.includes(type)) return "badType";
  if (size === 0) return "emptyFile";
  return most > 0 && size > most ? "tooBig" : null;
}
