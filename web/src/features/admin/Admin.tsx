import { Activity, FileText, Flag, Hourglass, Link2, LockKeyhole, ScrollText, Users as UsersIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useFeatures } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Role } from "@/sdk/types";
import { Page, Parts } from "@/ui";
import { Contexts } from "./Contexts";
import { Holds } from "./Holds";
import { Links } from "./Links";
import { Overview } from "./Overview";
import { Reports } from "./Reports";
import { Retention } from "./Retention";
import { adminTexts } from "./texts";
import { Trail } from "./Trail";
import { UserPage } from "./UserPage";
import { Users } from "./Users";

const PARTS = [
  { key: "overview", href: "/admin", Icon: Activity },
  { key: "users", href: "/admin/users", Icon: UsersIcon },
  { key: "links", href: "/admin/links", Icon: Link2 },
  { key: "contexts", href: "/admin/contexts", Icon: FileText },
  { key: "reports", href: "/admin/reports", Icon: Flag },
  { key: "holds", href: "/admin/holds", Icon: LockKeyhole },
  { key: "retention", href: "/admin/retention", Icon: Hourglass },
  { key: "trail", href: "/admin/trail", Icon: ScrollText },
] as const;

export interface AdminProps {
  part: string | undefined;
  id: string | undefined;
  /** The journal of a conversation, which another feature knows how to show. */
  journal: (conversationId: number) => ReactNode;
  /** So are the figures of a person. */
  activity: (userId: number, role: Role) => ReactNode;
}

export function Admin({ part, id, journal, activity }: AdminProps) {
  const t = useTexts(adminTexts);
  const { forum } = useFeatures();
  const parts = PARTS.filter(({ key }) => key !== "reports" || forum);
  const chosen = parts.find(({ key }) => key === part)?.key ?? "overview";
  if (chosen === "users" && id !== undefined) return <UserPage key={id} id={Number(id) || 0} activity={activity} />;
  return (
    <Page title={t("title")} wide>
      <Parts label={t("parts")} parts={parts} name={t} chosen={chosen} />
      {chosen === "overview" && <Overview />}
      {chosen === "users" && <Users />}
      {chosen === "links" && <Links />}
      {chosen === "contexts" && <Contexts />}
      {chosen === "reports" && <Reports />}
      {chosen === "holds" && <Holds />}
      {chosen === "retention" && <Retention />}
      {chosen === "trail" && <Trail id={id} journal={journal} />}
    </Page>
  );
}
