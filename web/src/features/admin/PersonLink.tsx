import { useCallback } from "react";
import { Link } from "wouter";
import { useMessaging, useResource } from "@/hooks";
import { personName } from "@/i18n";

/** Somebody of whom only the number is known. */
export function PersonLink({ id }: { id: number }) {
  const { rest } = useMessaging();
  const { data } = useResource(useCallback(() => rest.admin.user(id), [rest, id]));
  return <Link href={`/admin/users/${id}`}>{data === null ? `#${id}` : personName(data.user)}</Link>;
}
