import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionProvider } from "@/hooks";
import { language } from "@/i18n";
import { createSession } from "@/sdk";
import { App } from "./App";

const session = createSession({ url: "", language: language.get });

createRoot(document.getElementById("app") as HTMLElement).render(
  <StrictMode>
    <SessionProvider session={session}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
