export { createMessaging } from "./create";
export { createSession, type Session, type SessionState } from "./session";
export { isMessagingError, MessagingError } from "./errors";
export { newId } from "./new-id";
export type { Messaging, MessagingOptions, TokenSource, UploadOptions } from "./messaging";
export type { Rest } from "./rest";
export { listed, shownRun, statusOf, threadOf, waitingIn } from "./selectors";
export type * from "./types";
