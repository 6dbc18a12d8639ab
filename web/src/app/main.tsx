import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionProvider } from "@/hooks";
import { language, startLanguage } from "@/i18n";
import { createSession } from "@/sdk";
import { startWorker } from "@/sdk/push";
import { startBack } from "@/ui/back";
import { startTheme } from "@/ui/theme";
import { followViewport } from "@/ui/viewport";
import { App } from "./App";
import "@/ui/base.css";

startTheme();
startLanguage();
startBack();
followViewport(document.documentElement);
const session = createSession({ url: "", language: language.get });

if (import.meta.env.PROD) startWorker();

createRoot(document.getElementById("app") as HTMLElement).render(
  <StrictMode>
    <SessionProvider session={session}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
