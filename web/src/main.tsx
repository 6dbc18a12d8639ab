import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startLanguage } from "./i18n";
import { startTheme } from "./ui/theme";
import "./ui/base.css";

startTheme();
startLanguage();

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no #app");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
