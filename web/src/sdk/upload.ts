// Uploads, with progress and a way to stop. fetch tells no progress of what is sent.

import type { Attachment as Uploaded, MentorProfile, MentorReply } from "./contract";
import { MessagingError } from "./errors";
import { refused } from "./http";
import type { UploadOptions } from "./messaging";
import type { Attachment, Language } from "./types";

/** So long without one more byte gone: the line is dead, though the browser would wait for minutes. */
const STUCK_MS = 45_000;
/** So long without an answer when all are: longer than the server may look at a file, for viruses too. */
const UNANSWERED_MS = 100_000;

export interface Uploading {
  url: string;
  language: () => Language;
  token: (wish: { renew: boolean }) => Promise<string>;
}

/** A file of a message that is still to be sent. */
export async function upload(by: Uploading, conversationId: number, file: File, options: UploadOptions = {}): Promise<Attachment> {
  const form = new FormData();
  form.append("conversationId", String(conversationId));
  form.append("file", file, file.name);
  const { attachment } = await send<{ attachment: Uploaded }>(by, { method: "POST", path: "/api/messaging/attachments", form }, options);
  return attachment as Attachment;
}

/** A mentor's picture of themself. */
export async function uploadPicture(by: Uploading, file: File, options: UploadOptions = {}): Promise<MentorProfile> {
  const form = new FormData();
  form.append("file", file, file.name);
  return (await send<MentorReply>(by, { method: "PUT", path: "/api/mentors/me/avatar", form }, options)).mentor;
}

interface What {
  method: "POST" | "PUT";
  path: string;
  form: FormData;
}

async function send<Reply>(by: Uploading, what: What, options: UploadOptions): Promise<Reply> {
  try {
    return await once<Reply>(by, what, await by.token({ renew: false }), options);
  } catch (error) {
    if (!(error instanceof MessagingError) || error.code !== "SESSION_EXPIRED") throw error;
    return once<Reply>(by, what, await by.token({ renew: true }), options);
  }
}

function once<Reply>({ url, language }: Uploading, { method, path, form }: What, token: string, { onProgress, signal }: UploadOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const hung = watchdog(() => {
      reject(new MessagingError("UNAVAILABLE"));
      request.abort();
    });
    request.open(method, url + path);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", language());
    request.upload.onprogress = ({ loaded, total }) => {
      hung.moved(loaded, loaded < total ? STUCK_MS : UNANSWERED_MS);
      onProgress?.(total === 0 ? 1 : loaded / total);
    };
    request.onload = () => {
      try {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Reply);
        else reject(refused(request.status, request.responseText));
      } catch {
        // A page of somebody in between, who says that all is well.
        reject(new MessagingError("UNAVAILABLE"));
      }
    };
    request.onerror = () => reject(new MessagingError("UNAVAILABLE"));
    request.onabort = () => reject(new DOMException("The upload was cancelled", "AbortError"));
    request.onloadend = () => {
      hung.stop();
      signal?.removeEventListener("abort", stop);
    };
    if (signal?.aborted === true) {
      reject(new DOMException("The upload was cancelled", "AbortError"));
      return;
    }
    signal?.addEventListener("abort", stop);
    hung.moved(0, STUCK_MS);
    request.send(form);
  });
}

/** Calls once when nothing more has gone for long; the same again is no movement. */
function watchdog(isHung: () => void) {
  let gone = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    moved(loaded: number, patience: number) {
      if (loaded <= gone) return;
      gone = loaded;
      clearTimeout(timer);
      timer = setTimeout(isHung, patience);
    },
    stop: () => clearTimeout(timer),
  };
}
