import { lazy, Suspense } from "react";

export type OpenDialog = "switcher" | "new" | "shortcuts" | null;

const Switcher = lazy(() => import("@/features/switcher/Switcher").then(({ Switcher }) => ({ default: Switcher })));
const NewConversation = lazy(() =>
  import("@/features/people/NewConversation").then(({ NewConversation }) => ({ default: NewConversation })),
);
const ShortcutsHelp = lazy(() => import("./ShortcutsHelp").then(({ ShortcutsHelp }) => ({ default: ShortcutsHelp })));

export function Dialogs({ open, close }: { open: OpenDialog; close: () => void }) {
  return (
    <Suspense fallback={null}>
      {open === "switcher" && <Switcher close={close} />}
      {open === "new" && <NewConversation close={close} />}
      {open === "shortcuts" && <ShortcutsHelp close={close} />}
    </Suspense>
  );
}
