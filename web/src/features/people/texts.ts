import { dictionary } from "@/i18n";

export const peopleTexts = dictionary({
  fr: {
    title: "Nouvelle conversation",
    search: "Chercher un nom",
    people: "Personnes à qui vous pouvez écrire",
    none: "Personne à qui écrire pour l’instant",
    nonePatient: "Un médecin apparaît ici dès qu’il vous suit.",
    noneDoctor: "Vos patients apparaissent ici dès que le lien de soin est enregistré.",
    noneMember: "Aucun mentor n’est inscrit pour l’instant.",
    nothingFound: "Personne de ce nom parmi ceux à qui vous pouvez écrire.",
    going: "Conversation en cours",
    online: "en ligne",
    failed: "La conversation n’a pas pu être ouverte.",
    loading: "Chargement…",
    loadFailed: "La liste n’a pas pu être chargée.",
  },
  en: {
    title: "New conversation",
    search: "Search a name",
    people: "People you can write to",
    none: "Nobody to write to yet",
    nonePatient: "A doctor appears here as soon as they care for you.",
    noneDoctor: "Your patients appear here as soon as the care link is recorded.",
    noneMember: "No mentor has registered yet.",
    nothingFound: "Nobody of that name among those you can write to.",
    going: "Conversation exists",
    online: "online",
    failed: "The conversation could not be opened.",
    loading: "Loading…",
    loadFailed: "The list could not be loaded.",
  },
});
