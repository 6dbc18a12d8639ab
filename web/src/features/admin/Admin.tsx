import { Activity, FileText, Link2, ScrollText, Users as UsersIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useTexts } from "@/i18n";
import { Page } from "@/ui";
import styles from "./Admin.module.css";
import { Contexts } from "./Contexts";
import { Links } from "./Links";
import { Overview } from "./Overview";
import { adminTexts } from "./texts";
import { Trail } from "./Trail";
import { Users } from "./Users";

const PARTS = [
  { key: "overview", href: "/admin", Icon: Activity },
  { key: "users", href: "/admin/users", Icon: UsersIcon },
  { key: "links", href: "/admin/links", Icon: Link2 },
  { key: "contexts", href: "/admin/contexts", Icon: FileText },
  { key: "trail", href: "/admin/trail", Icon: ScrollText },
] as const;

export interface AdminProps {
  part: string | undefined;
  id: string | undefined;
  /** The journal of a conversation, which another feature knows how to show. */
  journal: (conversationId: number) => ReactNode;
}

export function Admin({ part, id, journal }: AdminProps) {
  const t = useTexts(adminTexts);
  const chosen = PARTS.find(({ key }) => key === part)?.key ?? "overview";
  return (
    <Page title={t("title")} wide>
      <nav aria-label={t("parts")}>
        <ul className={styles.parts}>
          {PARTS.map(({ key, href, Icon }) => (
            <li key={key}>
              <Link href={href} className={styles.part ?? ""} aria-current={key === chosen ? "page" : undefined}>
                <Icon size={18} aria-hidden="true" />
                {t(key)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {chosen === "overview" && <Overview />}
      {chosen === "users" && <Users />}
      {chosen === "links" && <Links />}
      {chosen === "contexts" && <Contexts />}
      {chosen === "trail" && <Trail id={id} journal={journal} />}
    </Page>
  );
}
