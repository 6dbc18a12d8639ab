// Every event of the server that changes the state, and the action it is.

import type { Link } from "./connection";
import type { Live } from "./live";
import type { Marks } from "./marks";
import { asMessages } from "./merge";
import type { Receiving } from "./receive";
import type { Store } from "./store";
import type { Conversation, Limits } from "./types";

export interface Parts {
  store: Store;
  link: Link;
  live: Live;
  marks: Marks;
  receiving: Receiving;
  now: () => number;
}

export function listen({ store, link, live, marks, receiving, now }: Parts): void {
  for (const event of ["new_message", "message_updated", "message_deleted", "reactions_changed"] as const) {
    link.on(event, ({ message }) => {
      store.enqueue({ type: "messages/arrived", messages: asMessages([message]), live: true });
      store.after(() => {
        live.watchHole(message.conversationId);
        marks.delivered(message.conversationId);
      });
    });
  }
  link.on("messages_read", ({ conversationId, userId, readSeq }) => {
    store.enqueue({ type: "marks/read", conversationId, userId, readSeq });
    if (userId === store.getState().me?.id) store.after(() => void live.recount(conversationId));
  });
  link.on("messages_delivered", ({ conversationId, userId, deliveredSeq }) =>
    store.enqueue({ type: "marks/delivered", conversationId, userId, deliveredSeq }),
  );
  link.on("typing_start", (data) => store.enqueue({ type: "typing/started", ...data }));
  link.on("typing_stop", (data) => store.enqueue({ type: "typing/stopped", ...data }));
  link.on("presence_changed", (person) => store.enqueue({ type: "presence/told", presence: [person] }));
  link.on("unread_count", ({ unreadCount }) => store.enqueue({ type: "unread/changed", unreadCount }));
  link.on("connection_stats", ({ stats }) => store.enqueue({ type: "stats/told", stats }));
  for (const event of ["conversation_created", "conversation_updated"] as const) {
    link.on(event, ({ conversation }) => {
      const told = conversation as Conversation;
      store.enqueue({ type: "conversations/told", conversations: [told], asOf: now() });
      store.after(() => receiving.changed(told));
    });
  }
  link.on("room_left", ({ conversationId, reason }) => {
    if (reason === "removed") store.enqueue({ type: "conversation/gone", id: conversationId });
  });
  link.on("connection_established", ({ epoch, limits, features, unreadCount }) => {
    const { epoch: known } = store.getState();
    if (known !== null && known !== epoch) store.dispatch({ type: "server/restored" });
    store.dispatch({ type: "server/greeted", epoch, limits: limits as Limits, features, unreadCount });
  });
}
