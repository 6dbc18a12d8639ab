// What an application has in its hands: the state, and everything one can do. `createMessaging` makes one.

import type { ClientEvents, MentorProfile, ServerEvents } from "./contract";
import type { Rest } from "./rest";
import type { Attachment, Chosen, Conversation, Draft, EndedBecause, Language, ListQuery, NewMessage, State } from "./types";

/** The access token, or what gives one. `renew`: the one given before is not accepted any more. */
export type TokenSource = string | ((wish: { renew: boolean }) => string | Promise<string>);

export interface MessagingOptions {
  token: TokenSource;
  /** In which language the server's texts are wanted; the browser's, when left out. */
  language?: () => Language;
  /** Where unsent messages and drafts are kept: IndexedDB where there is one, else memory. */
  storage?: "browser" | "memory";
  onEnded?: (because: EndedBecause) => void;
}

export interface UploadOptions {
  /** From 0 to 1. */
  onProgress?: (progress: number) => void;
  signal?: AbortSignal;
}

export type ServerEvent = keyof ServerEvents;
export type ClientEvent = keyof ClientEvents;

export interface Messaging {
  readonly url: string;
  readonly rest: Rest;

  /** The state as it is now: a new object whenever something changed, never changed itself. */
  getState: () => State;
  /** Told at most once a frame for what the server sends, at once for what a person does. Returns how to stop. */
  subscribe: (listener: () => void) => () => void;
  /** An event of the server, as it comes. Returns how to stop. */
  on: <E extends ServerEvent>(event: E, listener: (data: ServerEvents[E]) => void) => () => void;
  /** The ack of an event. Throws MessagingError; UNAVAILABLE without a connection. */
  ask: <E extends ClientEvent>(event: E, data: ClientEvents[E]["data"]) => Promise<ClientEvents[E]["ack"]>;

  /** Connects, and keeps the connection. Resolves when it is known who one is; throws MessagingError when that is refused. */
  start: () => Promise<void>;
  /** Ends the connection. What waits in the outbox stays for the next `start` of the same person. */
  stop: () => void;
  /** `stop`, and nothing of this person stays in this browser. */
  clear: () => Promise<void>;
  /** Connect now rather than after the pause. */
  reconnect: () => void;

  /** One conversation as it stands, without its messages. Throws nothing: one that is not there is in `gone`. */
  loadConversation: (id: number) => Promise<void>;
  loadList: (query: ListQuery, options?: { more?: boolean }) => Promise<void>;
  /** The conversation with this person, made when there is none. `context`: about a prescription or an exam. */
  openWith: (participantId: number, context?: { type: string; id: string }) => Promise<Conversation>;
  /** The conversation about a prescription or an exam, made when there is none. */
  openAbout: (contextType: string, contextId: string) => Promise<Conversation>;
  /** Archive, mute, pin, mark as unread; close or reopen for all. */
  settle: (id: number, change: { status?: Conversation["status"]; muted?: boolean; pinned?: boolean; markedUnread?: boolean }) => Promise<void>;

  /** Keeps a conversation live, with its latest messages, until the returned function is called. */
  watch: (id: number) => () => void;
  /** Again, after it failed. */
  reload: (id: number) => Promise<void>;
  loadOlder: (id: number) => Promise<void>;
  loadNewer: (id: number) => Promise<void>;
  /** Shows the place around this seq. */
  jumpTo: (id: number, seq: number) => Promise<void>;
  jumpToLatest: (id: number) => Promise<void>;

  /** Into the outbox and, as soon as there is a connection, to the server: once, in order. The clientMessageId. */
  send: (id: number, message: NewMessage) => string;
  /** The same message with the same clientMessageId. */
  retry: (clientMessageId: string) => void;
  /** Deletes a message that was not sent. */
  discard: (clientMessageId: string) => void;
  /** Deletes it too, and gives it to be written anew; its files are chosen again. Null when that cannot be, or it is gone. */
  takeBack: (clientMessageId: string) => Promise<NewMessage | null>;
  edit: (messageId: number, content: string) => Promise<void>;
  remove: (messageId: number) => Promise<void>;
  /** One's own reaction to a message is there, or not. */
  react: (messageId: number, emoji: string, isThere: boolean) => Promise<void>;

  /** This much is on the screen. It counts as read once somebody looks at the page, and as delivered until then. */
  seen: (id: number, upToSeq: number) => void;
  /** A key was pressed: the others are told, and told again when it stops. */
  typing: (id: number) => void;
  stopTyping: (id: number) => void;
  /** It will be given to `setDraft`, the same object, perhaps as the last thing that this page does. */
  prepareDraft: (id: number, draft: Draft) => void;
  setDraft: (id: number, draft: Draft | null) => void;
  /** Files and a recording that shall go with a message later. What `send` is given of them is chosen no more. */
  setChosen: (id: number, change: Partial<Pick<Chosen, "files" | "recording">>) => void;

  upload: (id: number, file: File, options?: UploadOptions) => Promise<Attachment>;
  /** Mentors: the picture beside one's profile, JPEG or PNG. Taken away by `rest.call("DELETE /api/mentors/me/avatar")`. */
  uploadPicture: (file: File, options?: UploadOptions) => Promise<MentorProfile>;
  /** An address for <img>, <audio> and downloads, good for about a minute; asked for again when it has aged. */
  fileUrl: (attachmentId: number, options?: { thumbnail?: boolean }) => Promise<string>;

  /** Keeps presence of these people up to date in the state. Returns how to stop. */
  watchPresence: (userIds: readonly number[]) => () => void;
  /** Keeps `stats` up to date; administrators only. Returns how to stop. */
  watchStats: () => () => void;
}
