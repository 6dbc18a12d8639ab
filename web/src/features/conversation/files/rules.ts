// What may be attached, known before anything is sent. The server looks again, into the files themselves.

const TYPES: Record<string, string> = {
  pdf: "application/pdf",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  webm: "audio/webm",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  m4a: "audio/mp4",
};
const ACCEPTED = new Set(Object.values(TYPES));

/** For the browser's own dialog. */
export const ACCEPT = [...new Set([...ACCEPTED, ...Object.keys(TYPES).map((ending) => `.${ending}`)])].join(",");

export interface FileLimits {
  maxAttachments: number;
  maxAttachmentBytes: number;
}

export type Refusal =
  | { why: "badType" | "tooBig" | "emptyFile"; name: string }
  | { why: "tooMany"; count: number };

export interface Choice {
  files: File[];
  refusals: Refusal[];
}

/** What of `added` can go with what was chosen before. A limit of 0 is none. */
export function choose(chosen: readonly File[], added: readonly File[], limits: FileLimits): Choice {
  const files = [...chosen];
  const refusals: Refusal[] = [];
  for (const file of added) {
    const why = troubleWith(file, limits);
    if (why !== null) refusals.push({ why, name: file.name });
    else if (limits.maxAttachments > 0 && files.length >= limits.maxAttachments) {
      refusals.push({ why: "tooMany", count: limits.maxAttachments });
      break;
    } else files.push(typed(file));
  }
  return { files, refusals };
}

function troubleWith(file: File, { maxAttachmentBytes }: FileLimits): "badType" | "tooBig" | "emptyFile" | null {
  if (!ACCEPTED.has(typeOf(file))) return "badType";
  if (file.size === 0) return "emptyFile";
  return maxAttachmentBytes > 0 && file.size > maxAttachmentBytes ? "tooBig" : null;
}

/** Some systems do not know the type of a .docx: then its name says it. */
function typeOf(file: File): string {
  const said = file.type.split(";")[0]?.trim().toLowerCase() ?? "";
  const ending = file.name.split(".").pop()?.toLowerCase() ?? "";
  return ACCEPTED.has(said) ? said : said === "" || said === "application/octet-stream" ? (TYPES[ending] ?? said) : said;
}

function typed(file: File): File {
  const type = typeOf(file);
  return type === file.type ? file : new File([file], file.name, { type, lastModified: file.lastModified });
}

export function isImage(mediaType: string): boolean {
  return mediaType.startsWith("image/");
}

export function isSound(mediaType: string): boolean {
  return mediaType.startsWith("audio/");
}

/** The type of a message with these files. */
export function messageType(files: readonly { type: string }[], isVoice: boolean): "text" | "image" | "file" | "voice" {
  if (files.length === 0) return "text";
  if (isVoice) return "voice";
  return files.every((file) => isImage(file.type)) ? "image" : "file";
}

/** Of a drop or a paste; folders and texts are left out. */
export function filesOf(data: DataTransfer | null): File[] {
  return [...(data?.items ?? [])].flatMap((item) => {
    const file = item.kind === "file" ? item.getAsFile() : null;
    return file === null ? [] : [file];
  });
}
