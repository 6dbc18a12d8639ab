// For host applications in React: `ColloqueProvider` around, `MessagingButton` or `SecureMessaging` inside.

import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { Connected, useMessaging } from "@/hooks";
import type { Language, MessagingOptions, TokenSource } from "@/sdk";
import { Frame, type Looks } from "./Frame";
import { MessagingButton as Button, type MessagingButtonProps } from "./MessagingButton";
import { SecureMessaging as Modal, type SecureMessagingProps } from "./SecureMessaging";

export type { Looks, MessagingButtonProps, SecureMessagingProps };

/** Beside this file, once it is built. */
const STYLES = new URL(/* @vite-ignore */ "./colloque.css", import.meta.url).href;

export interface ColloqueProviderProps {
  /** The origin of the Colloque server, such as https://messages.hospital.example. */
  url: string;
  /** Your token, or what gives one; asked again before it ends. */
  token: TokenSource;
  language?: Language;
  children: ReactNode;
}

/** One connection for all that is inside; shows nothing by itself. */
export function ColloqueProvider({ url, token, language, children }: ColloqueProviderProps) {
  const latest = useRef(token);
  useEffect(() => {
    latest.current = token;
  });
  const options = useMemo<MessagingOptions>(
    () => ({
      token: (wish) => (typeof latest.current === "string" ? latest.current : latest.current(wish)),
      language: () => language ?? "fr",
    }),
    [language],
  );
  return (
    <Connected url={url} options={options}>
      {children}
    </Connected>
  );
}

export function MessagingButton({ language, theme, ...props }: MessagingButtonProps & Looks) {
  return (
    <Frame messaging={useMessaging()} styles={STYLES} {...{ language, theme }}>
      <Button {...props} />
    </Frame>
  );
}

export function SecureMessaging({ language, theme, ...props }: SecureMessagingProps & Looks) {
  return (
    <Frame messaging={useMessaging()} styles={STYLES} {...{ language, theme }}>
      <Modal {...props} />
    </Frame>
  );
}
