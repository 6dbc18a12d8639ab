import { useCallback } from "react";
import { type Pages, useMessaging, usePages } from "@/hooks";
import type { Person } from "@/sdk/types";

/** Whom one may talk to: everybody, or those whose name is like `q`. */
export function usePeople(q: string): Pages<Person> {
  const { rest } = useMessaging();
  return usePages(
    useCallback(
      (before, signal) =>
        q === "" ? rest.people.available({ before, limit: 50 }, signal) : rest.people.search({ q, before, limit: 50 }, signal),
      [rest, q],
    ),
  );
}
