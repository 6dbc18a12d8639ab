// One function per endpoint. What has no name here is called by `rest.call("METHOD /path", …)`, as fully typed.

import type { Call, Input } from "./http";

type Query<K extends Parameters<Call>[0]> = Input<K>["query"];
type Body<K extends Parameters<Call>[0]> = Input<K>["body"];

export type Rest = ReturnType<typeof createRest>;

export function createRest(call: Call) {
  return {
    call,
    account: account(call),
    conversations: conversations(call),
    messages: messages(call),
    people: people(call),
    attachments: attachments(call),
    contexts: contexts(call),
    exports: exportsOf(call),
    notifications: notifications(call),
    admin: admin(call),
  };
}

function account(call: Call) {
  return {
    me: () => call("GET /api/auth/me"),
    changePassword: (body: Body<"POST /api/auth/password">) => call("POST /api/auth/password", { body }),
    sessions: (query?: Query<"GET /api/auth/sessions">) => call("GET /api/auth/sessions", { query }),
    endSession: (id: string) => call("DELETE /api/auth/sessions/{id}", { path: { id } }),
  };
}

function conversations(call: Call) {
  return {
    list: (query?: Query<"GET /api/messaging/conversations">, signal?: AbortSignal) =>
      call("GET /api/messaging/conversations", { query, signal }),
    open: (body: Body<"POST /api/messaging/conversations">) => call("POST /api/messaging/conversations", { body }),
    get: (id: number) => call("GET /api/messaging/conversations/{id}", { path: { id } }),
    settle: (id: number, body: Body<"PATCH /api/messaging/conversations/{id}">) =>
      call("PATCH /api/messaging/conversations/{id}", { path: { id }, body }),
    attention: () => call("GET /api/messaging/attention"),
    unreadCount: () => call("GET /api/messaging/unread-count"),
    accessLog: (id: number, query?: Query<"GET /api/messaging/conversations/{id}/access-log">) =>
      call("GET /api/messaging/conversations/{id}/access-log", { path: { id }, query }),
  };
}

function messages(call: Call) {
  return {
    history: (id: number, query?: Query<"GET /api/messaging/conversations/{id}/messages">) =>
      call("GET /api/messaging/conversations/{id}/messages", { path: { id }, query }),
    send: (id: number, body: NonNullable<Body<"POST /api/messaging/conversations/{id}/messages">>) =>
      call("POST /api/messaging/conversations/{id}/messages", { path: { id }, body }),
    edit: (id: number, content: string) => call("PATCH /api/messaging/messages/{id}", { path: { id }, body: { content } }),
    remove: (id: number) => call("DELETE /api/messaging/messages/{id}", { path: { id } }),
    search: (query: Query<"GET /api/messaging/messages/search">, signal?: AbortSignal) =>
      call("GET /api/messaging/messages/search", { query, signal }),
  };
}

function people(call: Call) {
  return {
    available: (query?: Query<"GET /api/messaging/available-users">, signal?: AbortSignal) =>
      call("GET /api/messaging/available-users", { query, signal }),
    search: (query: Query<"GET /api/messaging/search-users">, signal?: AbortSignal) =>
      call("GET /api/messaging/search-users", { query, signal }),
  };
}

function attachments(call: Call) {
  return {
    file: (id: number, thumbnail = false) =>
      call("GET /api/messaging/attachments/{id}", { path: { id }, query: { thumbnail } }),
    ticket: (id: number, thumbnail = false) =>
      call("POST /api/messaging/attachments/{id}/ticket", { path: { id }, body: { thumbnail } }),
  };
}

function contexts(call: Call) {
  return {
    types: () => call("GET /api/messaging/context-types"),
    open: (contextType: string, contextId: string) =>
      call("POST /api/messaging/sessions", { body: { contextType, contextId } }),
    permissions: (path: Input<"GET /api/messaging/permissions/{contextType}/{contextId}/{userType}/{userId}">["path"]) =>
      call("GET /api/messaging/permissions/{contextType}/{contextId}/{userType}/{userId}", { path }),
  };
}

function notifications(call: Call) {
  return {
    list: (of: { id: number; role: string }, query?: Query<"GET /api/messaging/notifications/{userType}/{userId}">) =>
      call("GET /api/messaging/notifications/{userType}/{userId}", { path: { userType: of.role as never, userId: of.id }, query }),
    read: (id: number, read = true) => call("PATCH /api/messaging/notifications/{id}", { path: { id }, body: { read } }),
    preferences: () => call("GET /api/messaging/notification-preferences"),
    changePreferences: (body: Body<"PATCH /api/messaging/notification-preferences">) =>
      call("PATCH /api/messaging/notification-preferences", { body }),
    pushKey: () => call("GET /api/messaging/push-key"),
    subscribe: (body: Body<"POST /api/messaging/push-subscriptions">) => call("POST /api/messaging/push-subscriptions", { body }),
    unsubscribe: (id: number) => call("DELETE /api/messaging/push-subscriptions/{id}", { path: { id } }),
  };
}

function exportsOf(call: Call) {
  return {
    start: (id: number, body: Body<"POST /api/messaging/conversations/{id}/exports">) =>
      call("POST /api/messaging/conversations/{id}/exports", { path: { id }, body }),
    get: (id: string) => call("GET /api/messaging/exports/{id}", { path: { id } }),
    file: (id: string) => call("GET /api/messaging/exports/{id}/file", { path: { id } }),
    keys: () => call("GET /api/messaging/export-keys"),
  };
}

function admin(call: Call) {
  return {
    stats: () => call("GET /api/messaging/stats"),
    users: (query?: Query<"GET /api/admin/users">, signal?: AbortSignal) => call("GET /api/admin/users", { query, signal }),
    user: (id: number) => call("GET /api/admin/users/{id}", { path: { id } }),
    createUser: (body: Body<"POST /api/admin/users">) => call("POST /api/admin/users", { body }),
    changeUser: (id: number, body: Body<"PATCH /api/admin/users/{id}">) =>
      call("PATCH /api/admin/users/{id}", { path: { id }, body }),
    userSessions: (id: number) => call("GET /api/admin/users/{id}/sessions", { path: { id } }),
    endUserSessions: (id: number) => call("DELETE /api/admin/users/{id}/sessions", { path: { id } }),
    careLinks: (query?: Query<"GET /api/admin/care-links">) => call("GET /api/admin/care-links", { query }),
    putCareLink: (id: string, body: Body<"PUT /api/admin/care-links/{id}">) =>
      call("PUT /api/admin/care-links/{id}", { path: { id }, body }),
    endCareLink: (id: string | number) => call("DELETE /api/admin/care-links/{id}", { path: { id } }),
    contexts: (query?: Query<"GET /api/admin/contexts">) => call("GET /api/admin/contexts", { query }),
    putContext: (id: string, body: Body<"PUT /api/admin/contexts/{id}">) =>
      call("PUT /api/admin/contexts/{id}", { path: { id }, body }),
    endContext: (id: string, type: string) => call("DELETE /api/admin/contexts/{id}", { path: { id }, query: { type } }),
    participants: (id: number) => call("GET /api/admin/conversations/{id}/participants", { path: { id } }),
    removeParticipant: (id: number, userId: number) =>
      call("DELETE /api/admin/conversations/{id}/participants/{userId}", { path: { id, userId } }),
    returnParticipant: (id: number, userId: number) =>
      call("PUT /api/admin/conversations/{id}/participants/{userId}", { path: { id, userId } }),
    breakGlass: (id: number, reason: string) =>
      call("POST /api/admin/conversations/{id}/break-glass", { path: { id }, body: { reason } }),
    readWhileBroken: (id: number, query?: Query<"GET /api/admin/conversations/{id}/messages">) =>
      call("GET /api/admin/conversations/{id}/messages", { path: { id }, query }),
  };
}
