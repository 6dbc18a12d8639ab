import { useEffect, useMemo } from "react";
import { useConversations, useMe, useSession } from "@/hooks";
import { Connected } from "@/hooks/connected";
import { language } from "@/i18n";
import type { MessagingOptions } from "@/sdk";

/** Who is logged in, and what that means for what is shown. */
export function App() {
  const session = useSession();
  const { phase, resume } = session;
  useEffect(() => {
    void resume();
  }, [resume]);
  const { token, end } = session;
  const options = useMemo<MessagingOptions>(() => ({ token, language: language.get, onEnded: end }), [token, end]);
  if (phase !== "in") return null;
  return (
    <Connected options={options}>
      <Inbox />
    </Connected>
  );
}

function Inbox() {
  const me = useMe();
  const { items } = useConversations();
  return (
    <main>
      <h1>{me?.firstName}</h1>
      <ul>
        {items.map((conversation) => (
          <li key={conversation.id}>{conversation.participantInfo.lastName}</li>
        ))}
      </ul>
    </main>
  );
}
