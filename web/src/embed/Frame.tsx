import { useCallback, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { Router } from "wouter";
import { MessagingProvider, useLostWithPage } from "@/hooks";
import { language } from "@/i18n";
import type { Language, Messaging } from "@/sdk";
import { Toasts } from "@/ui";
import "@/ui/base.css";
import "./embed.css";

export type EmbedTheme = "light" | "dark" | "system";

export interface Looks {
  /** The host's; French when left out. */
  language?: Language | undefined;
  /** `system` follows the browser; light when left out, as most patient files are. */
  theme?: EmbedTheme | undefined;
}

export interface FrameProps extends Looks {
  messaging: Messaging;
  /** Where our styles are. */
  styles: string;
  children: ReactNode;
}

/**
 * Everything of ours inside a page of somebody else: in a shadow tree, so that neither's styles reach the other, and with
 * links that open Colloque itself.
 */
export function Frame({ messaging, styles, language: spoken = "fr", theme = "light", children }: FrameProps) {
  const isDark = useSyncExternalStore(onScheme, darkScheme);
  const [shadow, setShadow] = useState<ShadowRoot | null>(null);
  const [isStyled, setIsStyled] = useState(false);
  const host = useCallback((element: HTMLElement | null) => {
    if (element !== null) setShadow(element.shadowRoot ?? element.attachShadow({ mode: "open" }));
  }, []);
  useEffect(() => language.set(spoken), [spoken]);
  const shown = theme === "system" ? (isDark ? "dark" : "light") : theme;
  const elsewhere = (path: string) => void window.open(messaging.url + path, "_blank", "noopener");
  const inside = (
    <Router hook={() => ["/", elsewhere]}>
      <link rel="stylesheet" href={styles} onLoad={() => setIsStyled(true)} />
      <div data-colloque="" lang={spoken} data-theme={shown} hidden={!isStyled}>
        {children}
        <Toasts />
      </div>
    </Router>
  );
  return (
    <MessagingProvider messaging={messaging}>
      <LeaveQuestion />
      <span ref={host}>{shadow !== null && createPortal(inside, shadow)}</span>
    </MessagingProvider>
  );
}

function LeaveQuestion() {
  useLostWithPage();
  return null;
}

function scheme(): MediaQueryList {
  return window.matchMedia("(prefers-color-scheme: dark)");
}

function darkScheme(): boolean {
  return scheme().matches;
}

function onScheme(listener: () => void): () => void {
  const query = scheme();
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
