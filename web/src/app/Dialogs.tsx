import { Extra, lazyPart } from "@/ui";

export type OpenDialog = "switcher" | "new" | "shortcuts" | null;

const Switcher = lazyPart(() => import("@/features/switcher/Switcher").then(({ Switcher }) => Switcher));
const NewConversation = lazyPart(() => import("@/features/people/NewConversation").then(({ NewConversation }) => NewConversation));
const ShortcutsHelp = lazyPart(() => import("./ShortcutsHelp").then(({ ShortcutsHelp }) => ShortcutsHelp));

export function Dialogs({ open, close }: { open: OpenDialog; close: () => void }) {
  return (
    <Extra key={open} close={close}>
      {open === "switcher" && <Switcher close={close} />}
      {open === "new" && <NewConversation close={close} />}
      {open === "shortcuts" && <ShortcutsHelp close={close} />}
    </Extra>
  );
}
