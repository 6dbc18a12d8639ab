import type { Pictured } from "@/ui";

/** The forum says a name as one text. Under a pseudonym there is no role. */
export function personOf({ name, role }: { name: string; role: string | null }): Required<Pictured> {
  const [firstName = "", ...rest] = name.split(" ");
  return { firstName, lastName: rest.join(" "), role: role ?? "" };
}
