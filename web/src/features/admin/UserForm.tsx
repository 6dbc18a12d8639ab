import { type FormEvent, useId, useState } from "react";
import { useMessaging } from "@/hooks";
import { roleName, useTexts } from "@/i18n";
import { isMessagingError, type Role } from "@/sdk";
import type { CreateUser, User } from "@/sdk/contract";
import { Banner, Button, Dialog, Field, Select } from "@/ui";
import styles from "./Admin.module.css";
import { adminTexts } from "./texts";

const ROLES: readonly Role[] = ["patient", "medecin", "mentor", "member", "admin"];

export interface UserFormProps {
  /** Null: somebody new. */
  user: User | null;
  close: () => void;
  saved: (user: User) => void;
}

export function UserForm({ user, close, saved }: UserFormProps) {
  const t = useTexts(adminTexts);
  const form = useId();
  const { busy, fields, failed, save } = useSave(user, saved);
  // The server says in the reader's language what is wrong with a field.
  const trouble = (name: string) => fields[name] ?? null;
  return (
    <Dialog
      title={user === null ? t("newUser") : t("edit")}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={busy}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={save}>
        <div className={styles.pair}>
          <Field label={t("firstName")} name="firstName" defaultValue={user?.firstName} required data-autofocus trouble={trouble("firstName")} />
          <Field label={t("lastName")} name="lastName" defaultValue={user?.lastName} required trouble={trouble("lastName")} />
        </div>
        <Field label={t("username")} name="username" defaultValue={user?.username} required autoComplete="off" trouble={trouble("username")} />
        <Field label={t("email")} name="email" type="email" defaultValue={user?.email ?? ""} trouble={trouble("email")} />
        <Select label={t("role")} name="role" defaultValue={user?.role ?? "patient"} trouble={trouble("role")}>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {roleName(role)}
            </option>
          ))}
        </Select>
        <Field
          label={t("password")}
          name="password"
          type="password"
          autoComplete="new-password"
          hint={user === null ? undefined : t("passwordKept")}
          trouble={trouble("password")}
        />
        {failed && (
          <Banner tone="danger" round role="alert">
            {t("changeFailed")}
          </Banner>
        )}
      </form>
    </Dialog>
  );
}

function useSave(user: User | null, saved: (user: User) => void) {
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState(false);

  async function store(body: CreateUser) {
    setBusy(true);
    setFailed(false);
    try {
      const reply = user === null ? await rest.admin.createUser(body) : await rest.admin.changeUser(user.id, body);
      saved(reply.user);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFields(error.fields);
      setFailed(Object.keys(error.fields).length === 0);
      setBusy(false);
    }
  }

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const { firstName = "", lastName = "", username = "", email = "", role = "patient", password = "" } = given;
    void store({
      firstName,
      lastName,
      username,
      email: email === "" ? null : email,
      role: role as Role,
      ...(password === "" ? {} : { password }),
    });
  }

  return { busy, fields, failed, save };
}
