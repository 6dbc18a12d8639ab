// What is looked for is in the address: "back" from a question leads to the same list.

export const CHOICES = ["activity", "newest", "votes", "unanswered", "mine"] as const;
export type Choice = (typeof CHOICES)[number];

export interface Wanted {
  choice: Choice;
  q: string;
  tag: string;
}

export function wantedIn(search: string): Wanted {
  const given = new URLSearchParams(search);
  const choice = CHOICES.find((one) => one === given.get("show")) ?? "activity";
  return { choice, q: given.get("q")?.trim() ?? "", tag: given.get("tag")?.trim() ?? "" };
}

export function addressOf({ choice = "activity", q = "", tag = "" }: Partial<Wanted>): string {
  const wanted = new URLSearchParams();
  if (choice !== "activity") wanted.set("show", choice);
  if (q !== "") wanted.set("q", q);
  if (tag !== "") wanted.set("tag", tag);
  const search = wanted.toString();
  return search === "" ? "/forum" : `/forum?${search}`;
}
