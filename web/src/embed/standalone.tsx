// For host applications in anything: one script, one connection, any number of buttons. React is inside.

import { createRoot } from "react-dom/client";
import { createMessaging, type Language, type TokenSource } from "@/sdk";
import { Frame, type EmbedTheme } from "./Frame";
import { MessagingButton, type MessagingButtonProps } from "./MessagingButton";

/** Beside this file, once it is built. */
const STYLES = new URL(/* @vite-ignore */ "./colloque.css", import.meta.url).href;

export interface ColloqueOptions {
  /** The origin of the Colloque server, such as https://messages.hospital.example. */
  url: string;
  /** Your token, or what gives one; asked again before it ends. */
  token: TokenSource;
  language?: Language;
  theme?: EmbedTheme;
}

export interface Colloque {
  /** Puts a button for a conversation into `element`. Returns how to take it out. */
  button: (element: Element, props: MessagingButtonProps) => () => void;
  /** Ends the connection; what was not sent stays for the next one. */
  close: () => void;
}

/** Resolves when it is known who the token speaks for; throws when the server refuses it. */
export async function openColloque({ url, token, language = "fr", theme = "light" }: ColloqueOptions): Promise<Colloque> {
  const messaging = createMessaging(url, { token, language: () => language });
  await messaging.start();
  return {
    button(element, props) {
      const root = createRoot(element);
      root.render(
        <Frame styles={STYLES} {...{ messaging, language, theme }}>
          <MessagingButton {...props} />
        </Frame>,
      );
      return () => root.unmount();
    },
    close: messaging.stop,
  };
}
