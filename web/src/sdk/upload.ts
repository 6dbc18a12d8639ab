// Uploads, with progress and a way to stop. fetch tells no progress of what is sent.

import { MessagingError } from "./errors";
import { refused } from "./http";
import type { UploadOptions } from "./messaging";
import type { Attachment, Language } from "./types";

export interface Uploading {
  url: string;
  language: () => Language;
  token: (wish: { renew: boolean }) => Promise<string>;
}

export async function upload(by: Uploading, conversationId: number, file: File, options: UploadOptions = {}): Promise<Attachment> {
  const form = new FormData();
  form.append("conversationId", String(conversationId));
  form.append("file", file, file.name);
  try {
    return await once(by, await by.token({ renew: false }), form, options);
  } catch (error) {
    if (!(error instanceof MessagingError) || error.code !== "SESSION_EXPIRED") throw error;
    return once(by, await by.token({ renew: true }), form, options);
  }
}

function once({ url, language }: Uploading, token: string, form: FormData, { onProgress, signal }: UploadOptions): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open("POST", `${url}/api/messaging/attachments`);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", language());
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve((JSON.parse(request.responseText) as { attachment: Attachment }).attachment);
      else reject(refused(request.status, request.responseText));
    };
    request.onerror = () => reject(new MessagingError("UNAVAILABLE"));
    request.onabort = () => reject(new DOMException("The upload was cancelled", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    if (signal?.aborted === true) {
      reject(new DOMException("The upload was cancelled", "AbortError"));
      return;
    }
    signal?.addEventListener("abort", stop);
    request.send(form);
  });
}
