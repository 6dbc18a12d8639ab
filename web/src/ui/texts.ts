import { dictionary } from "@/i18n";

export const uiTexts = dictionary({
  fr: {
    close: "Fermer",
    cancel: "Annuler",
    retry: "Réessayer",
    loading: "Chargement…",
    failed: "Cela n’a pas pu être chargé.",
    none: "Rien ne correspond",
    more: "Afficher la suite",
    back: "Retour",
    show: "Afficher",
  },
  en: {
    close: "Close",
    cancel: "Cancel",
    retry: "Retry",
    loading: "Loading…",
    failed: "This could not be loaded.",
    none: "Nothing matches",
    more: "Show more",
    back: "Back",
    show: "Show",
  },
});
