import { MoreHorizontal, Search, UserRoundPlus } from "lucide-react";
import { useCallback, useDeferredValue, useState } from "react";
import { Link, useLocation } from "wouter";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { ago, personName, roleName, useTexts } from "@/i18n";
import type { Role } from "@/sdk";
import type { User } from "@/sdk/contract";
import { Avatar, Button, Field, IconButton, Listing, Menu, type MenuItem, Row, Select, Tag, toast } from "@/ui";
import styles from "./Admin.module.css";
import { adminTexts } from "./texts";
import { useChange } from "./useChange";
import { UserForm } from "./UserForm";

const ROLES: readonly Role[] = ["patient", "medecin", "mentor", "member", "admin"];

export function Users() {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const [typed, setTyped] = useState("");
  const [role, setRole] = useState<Role | "">("");
  const [edited, setEdited] = useState<User | "new" | null>(null);
  const q = useDeferredValue(typed.trim());
  const pages = usePages<User>(
    useCallback((before, signal) => rest.admin.users({ q, role: role || undefined, before }, signal), [rest, q, role]),
  );
  return (
    <>
      <div className={styles.tools}>
        <Field
          label={t("searchUsers")}
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          before={<Search size={18} aria-hidden="true" />}
        />
        <Select label={t("role")} value={role} onChange={(event) => setRole(event.target.value as Role | "")}>
          <option value="">{t("anyRole")}</option>
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {roleName(one)}
            </option>
          ))}
        </Select>
        <Button kind="primary" large icon={<UserRoundPlus size={18} aria-hidden="true" />} onClick={() => setEdited("new")}>
          {t("newUser")}
        </Button>
      </div>
      <Listing pages={pages}>{(user) => <UserRow key={user.id} user={user} pages={pages} edit={() => setEdited(user)} />}</Listing>
      {edited !== null && (
        <UserForm
          user={edited === "new" ? null : edited}
          close={() => setEdited(null)}
          saved={(user) => {
            setEdited(null);
            toast(t("saved"));
            pages.update((items) => (items.some(({ id }) => id === user.id) ? replaced(items, user) : [user, ...items]));
          }}
        />
      )}
    </>
  );
}

function replaced(items: User[], user: User): User[] {
  return items.map((item) => (item.id === user.id ? user : item));
}

function UserRow({ user, pages, edit }: { user: User; pages: Pages<User>; edit: () => void }) {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const [, navigate] = useLocation();
  const name = personName(user);

  function setDisabled(disabled: boolean) {
    void change(async () => {
      const reply = await rest.admin.changeUser(user.id, { disabled });
      pages.update((items) => replaced(items, reply.user));
    });
  }

  function endSessions() {
    void change(async () => {
      const { endedCount } = await rest.admin.endUserSessions(user.id);
      toast(t("sessionsEnded", { count: endedCount }));
    });
  }

  const items: MenuItem[] = [
    { text: t("open"), onSelect: () => navigate(`/admin/users/${user.id}`) },
    { text: t("edit"), onSelect: edit },
    { text: t("endSessions"), onSelect: endSessions },
    user.disabled
      ? { text: t("enable"), apart: true, onSelect: () => setDisabled(false) }
      : { text: t("disable"), apart: true, danger: true, onSelect: () => setDisabled(true) },
  ];
  const seen = user.lastSeenAt === null ? t("neverSeen") : t("lastSeen", { when: ago(user.lastSeenAt) });
  return (
    <Row
      before={<Avatar person={user} />}
      title={
        <>
          <Link href={`/admin/users/${user.id}`} className={styles.person ?? ""}>
            {name}
          </Link>{" "}
          {user.disabled && <Tag tone="danger">{t("disabled")}</Tag>} {!user.hasPassword && <Tag>{t("noPassword")}</Tag>}
        </>
      }
      detail={`${roleName(user.role)} · ${user.username} · ${seen}`}
      side={
        <Menu label={t("actions", { name })} items={items}>
          {(trigger) => (
            <IconButton label={t("actions", { name })} {...trigger}>
              <MoreHorizontal size={20} aria-hidden="true" />
            </IconButton>
          )}
        </Menu>
      }
    />
  );
}
