import { dictionary } from "@/i18n";

export const embedTexts = dictionary({
  fr: {
    open: "Ouvrir la messagerie",
    unread: { one: "{count} message non lu", other: "{count} messages non lus" },
    close: "Fermer",
    loading: "Ouverture de la conversation…",
    failed: "La conversation n’a pas pu être ouverte.",
    retry: "Réessayer",
    denied: "Vous n’avez pas accès à cette conversation.",
  },
  en: {
    open: "Open messages",
    unread: { one: "{count} unread message", other: "{count} unread messages" },
    close: "Close",
    loading: "Opening the conversation…",
    failed: "The conversation could not be opened.",
    retry: "Try again",
    denied: "You have no access to this conversation.",
  },
});
