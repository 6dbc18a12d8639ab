import { createContext, useContext } from "react";
import type { Attachment, OutboxItem } from "@/sdk/types";
import type { Bubble, Message } from "./types";

/** What one can do from within a bubble. The same object for as long as the conversation is open. */
export interface Actions {
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  remove: (message: Message) => void;
  react: (message: Message, emoji: string) => void;
  copy: (message: Message) => void;
  retry: (clientMessageId: string) => void;
  discard: (clientMessageId: string) => void;
  /** Back to where it was written. */
  takeBack: (item: OutboxItem) => void;
  goTo: (seq: number) => void;
  openImages: (images: readonly Attachment[], at: number) => void;
  openLink: (href: string) => void;
  /** The bubble that the keyboard is at. */
  activate: (bubble: Bubble) => void;
}

/** What is the same for all bubbles of a conversation. */
export interface Facts {
  me: number;
  /** Who is who, by id: oneself is "You". */
  nameOf: (userId: number | null, otherwise?: string | null) => string;
  canReply: boolean;
  /** The present version of what the conversation is about. */
  version: number | null;
}

const ActionsContext = createContext<Actions | null>(null);
const FactsContext = createContext<Facts | null>(null);
export const ActionsProvider = ActionsContext;
export const FactsProvider = FactsContext;

export function useActions(): Actions {
  return required(useContext(ActionsContext));
}

export function useFacts(): Facts {
  return required(useContext(FactsContext));
}

function required<Value>(value: Value | null): Value {
  if (value === null) throw new Error("A bubble was rendered outside of its pane");
  return value;
}
