import type { RefObject } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { MessagesSquare } from "lucide-react";
import { useTexts } from "@/i18n";
import type { Me, Role } from "@/sdk/types";
import { EmptyState, Hidden, lazyPart } from "@/ui";
import { numberIn } from "./address";
import { MessagesSection } from "./MessagesSection";
import styles from "./Shell.module.css";
import { appTexts } from "./texts";

const Search = lazyPart(() => import("@/features/search/Search").then(({ Search }) => Search));
const Settings = lazyPart(() => import("@/features/settings/Settings").then(({ Settings }) => Settings));
const Activity = lazyPart(() => import("@/features/activity/Activity").then(({ Activity }) => Activity));
const AccessEntries = lazyPart(() => import("@/features/access/AccessLog").then(({ AccessEntries }) => AccessEntries));
const Forum = lazyPart(() => import("@/features/forum/Forum").then(({ Forum }) => Forum));
const Mentors = lazyPart(() => import("@/features/mentors/Mentors").then(({ Mentors }) => Mentors));
const Admin = lazyPart(() => import("@/features/admin/Admin").then(({ Admin }) => Admin));

export interface RoutesProps {
  me: Me;
  onNew: () => void;
  searchBox: RefObject<HTMLInputElement | null>;
  signOut: () => Promise<void>;
}

export function Routes({ me, onNew, searchBox, signOut }: RoutesProps) {
  const messages = (path: { id?: string; part?: string }) => (
    <MessagesSection id={numberOf(path.id)} part={path.part} onNew={onNew} searchBox={searchBox} />
  );
  return (
    <Switch>
      <Route path="/">{me.role === "admin" ? <Redirect to="/admin" replace /> : messages({})}</Route>
      <Route path="/conversations/:id/:part?">{messages}</Route>
      <Route path="/search">
        <Search />
      </Route>
      <Route path="/settings/:part?">{({ part }) => <Settings part={part} me={me} signOut={signOut} activity={<Activity userId={me.id} role={me.role} />} />}</Route>
      <Route path="/mentors/:part?">{({ part }) => <Mentors part={part} />}</Route>
      <Route path="/forum/:part?">{({ part }) => <Forum part={part} />}</Route>
      {me.role === "admin" && <Route path="/admin/:part?/:id?">{({ part, id }) => <Admin part={part} id={id} journal={journal} activity={activity} />}</Route>}
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function journal(conversationId: number) {
  return <AccessEntries conversationId={conversationId} other={null} />;
}

function activity(userId: number, role: Role) {
  return <Activity userId={userId} role={role} />;
}

function NotFound() {
  const t = useTexts(appTexts);
  return (
    <main className={styles.empty}>
      <Hidden>
        <h1>{t("notFound")}</h1>
      </Hidden>
      <EmptyState
        icon={<MessagesSquare size={28} />}
        title={t("notFound")}
        text={t("notFoundText")}
        action={<Link href="/">{t("home")}</Link>}
      />
    </main>
  );
}

/** What is no number is no conversation; the pane says that there is none. */
function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  return numberIn(text) ?? 0;
}
