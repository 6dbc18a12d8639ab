import { dictionary, say } from "./dictionary";
import { type Language, language } from "./language";

const roleTexts = dictionary({
  fr: { patient: "Patient", medecin: "Médecin", mentor: "Mentor", member: "Membre", admin: "Administration", title: "Dr." },
  en: { patient: "Patient", medecin: "Doctor", mentor: "Mentor", member: "Member", admin: "Administration", title: "Dr." },
});

export interface Named {
  firstName: string;
  lastName: string;
  role: string;
}

/** "Dr. Claire Martin" for doctors, the plain name of everybody else. */
export function personName(person: Named, spoken: Language = language.get()): string {
  const name = `${person.firstName} ${person.lastName}`.trim();
  return person.role === "medecin" ? doctorName(name, spoken) : name;
}

/** Where a doctor's name is one text. */
export function doctorName(name: string, spoken: Language = language.get()): string {
  return `${say(roleTexts, "title", {}, spoken)} ${name}`;
}

export function roleName(role: string, spoken: Language = language.get()): string {
  return role === "title" || !(role in roleTexts.fr) ? role : say(roleTexts, role as keyof typeof roleTexts.fr, {}, spoken);
}
