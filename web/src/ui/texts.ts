import { dictionary } from "@/i18n";

export const uiTexts = dictionary({
  fr: { close: "Fermer", cancel: "Annuler", retry: "Réessayer", loading: "Chargement…", more: "Afficher la suite", back: "Retour", show: "Afficher" },
  en: { close: "Close", cancel: "Cancel", retry: "Retry", loading: "Loading…", more: "Show more", back: "Back", show: "Show" },
});
