import { UserRound } from "lucide-react";
import { useCallback } from "react";
import { Link } from "wouter";
import { useMessaging, useResource } from "@/hooks";
import { ago, personName, roleName, shortDate, useTexts } from "@/i18n";
import type { User } from "@/sdk/contract";
import type { Role } from "@/sdk/types";
import { Avatar, Banner, Button, Card, EmptyState, Loading, Page, Tag, uiTexts } from "@/ui";
import type { AdminProps } from "./Admin";
import { adminTexts } from "./texts";
import { dataTexts } from "./texts.data";
import styles from "./User.module.css";
import { UserData } from "./UserData";
import { UserSessions } from "./UserSessions";

/** One person: what is known of them, where they are signed in, and what can be done with their data. */
export function UserPage({ id, activity }: { id: number; activity: AdminProps["activity"] }) {
  const t = useTexts(adminTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload } = useResource(useCallback(() => rest.admin.user(id), [rest, id]));
  const isGone = error?.code === "NOT_FOUND" || error?.code === "VALIDATION_FAILED";
  return (
    <Page title={data === null ? t("users") : personName(data.user)} back="/admin/users">
      {isGone && <EmptyState icon={<UserRound size={28} />} title={t("nobody")} action={<Link href="/admin/users">{t("users")}</Link>} />}
      {error !== null && !isGone && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={t("loading")} />}
      {data !== null && (
        <>
          <Facts user={data.user} />
          <UserSessions userId={id} />
          {data.user.role !== "admin" && activity(id, data.user.role as Role)}
          <UserData user={data.user} />
        </>
      )}
    </Page>
  );
}

function Facts({ user }: { user: User }) {
  const t = useTexts(adminTexts);
  const more = useTexts(dataTexts);
  const facts: [string, string][] = [
    [t("role"), roleName(user.role)],
    [t("username"), user.username],
    [more("email"), user.email ?? more("none")],
    [more("externalId"), user.externalId ?? more("none")],
    [more("since"), shortDate(user.createdAt)],
    [more("seen"), user.lastSeenAt === null ? t("neverSeen") : ago(user.lastSeenAt)],
  ];
  return (
    <Card>
      <div className={styles.who}>
        <Avatar person={user} size="large" />
        <p>
          {user.disabled && <Tag tone="danger">{t("disabled")}</Tag>} {!user.hasPassword && <Tag>{t("noPassword")}</Tag>}
        </p>
      </div>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
