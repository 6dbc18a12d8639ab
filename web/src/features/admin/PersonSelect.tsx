import { Search } from "lucide-react";
import { useCallback, useDeferredValue, useState } from "react";
import { useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Role } from "@/sdk";
import { Field, Select } from "@/ui";
import { adminTexts } from "./texts";

const SHOWN = 100;

export interface PersonSelectProps {
  label: string;
  name: string;
  /** Only people of this role. */
  of?: Role;
}

/** One person of those the installation has; where they are too many for a list, one looks for them by name first. */
export function PersonSelect({ label, name, of: role }: PersonSelectProps) {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const { data, error } = useResource(
    useCallback((signal) => rest.admin.users({ role, q, disabled: false, limit: SHOWN }, signal), [rest, role, q]),
  );
  const isLong = typed !== "" || data?.hasMore === true;
  return (
    <>
      {isLong && (
        <Field
          label={t("searchOf", { label })}
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          before={<Search size={18} aria-hidden="true" />}
        />
      )}
      <Select
        label={label}
        name={name}
        required
        defaultValue=""
        trouble={error === null ? null : t("failed")}
        hint={data?.hasMore ? t("moreThere") : undefined}
      >
        <option value="" disabled>
          {t("choose")}
        </option>
        {data?.items.map((user) => (
          <option key={user.id} value={user.id}>
            {user.lastName} {user.firstName} ({user.username})
          </option>
        ))}
      </Select>
    </>
  );
}
