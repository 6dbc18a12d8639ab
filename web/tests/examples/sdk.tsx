import { MessagingProvider, useConversation, useConversations, useDraft, useMessages, useSeen, useUnreadCount } from "colloque-web/hooks";
import { createMessaging } from "colloque-web/sdk";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const messaging = createMessaging("https://messages.hospital.example", {
  // Yours: it is asked again whenever the one before has aged.
  token: async () => (await fetch("/my-api/colloque-token")).text(),
});
void messaging.start();

function Inbox() {
  const [open, setOpen] = useState<number | null>(null);
  const { items } = useConversations({ sort: "activity" });
  const unread = useUnreadCount();
  return (
    <>
      <h1>Messages ({unread})</h1>
      {items.map(({ id, participantInfo, unreadCount }) => (
        <button key={id} type="button" onClick={() => setOpen(id)}>
          {participantInfo.firstName} {participantInfo.lastName} ({unreadCount})
        </button>
      ))}
      {open !== null && <Talk key={open} id={open} />}
    </>
  );
}

function Talk({ id }: { id: number }) {
  const { conversation } = useConversation(id);
  const { items, waiting, hasOlder, loadOlder, statusOf } = useMessages(id);
  const [draft, setDraft] = useDraft(id);
  useSeen(id, items.at(-1)?.seq ?? null);

  function send() {
    if (draft === null) return;
    messaging.send(id, { content: draft.text });
    setDraft(null);
  }

  return (
    <>
      {hasOlder && (
        <button type="button" onClick={() => void loadOlder()}>
          Earlier messages
        </button>
      )}
      {items.map((message) => (
        <p key={message.seq}>
          {message.senderName}: {String(message.content)} ({statusOf(message)})
        </p>
      ))}
      {waiting.map((item) => (
        <p key={item.clientMessageId}>
          {item.content} ({item.status})
        </p>
      ))}
      {conversation?.canReply === true && (
        <>
          <textarea aria-label="Message" value={draft?.text ?? ""} onChange={(event) => setDraft({ text: event.target.value })} />
          <button type="button" onClick={send}>
            Send
          </button>
        </>
      )}
    </>
  );
}

createRoot(document.getElementById("app") as HTMLElement).render(
  <MessagingProvider messaging={messaging}>
    <Inbox />
  </MessagingProvider>,
);
