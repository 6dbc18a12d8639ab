import { h } from "../dom.js";

export function fullName(person) {
  return `${person.firstName} ${person.lastName}`.trim() || person.username;
}

/** The initials in a circle whose tint says the role; the words beside it say it too. */
export function avatar(person) {
  const initials = [person.firstName, person.lastName].map((name) => [...name][0] ?? "").join("");
  return h("span", { class: `avatar role-${person.role}`, "aria-hidden": "true" }, initials.toUpperCase());
}
