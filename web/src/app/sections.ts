import { GraduationCap, LayoutDashboard, type LucideIcon, MessagesSquare, MessageCircleQuestion, Search } from "lucide-react";
import type { Features, Role } from "@/sdk";
import type { appTexts } from "./texts";

export interface Section {
  key: keyof typeof appTexts.fr;
  href: string;
  Icon: LucideIcon;
  /** Whether this address belongs to it. */
  holds: (path: string) => boolean;
}

const below = (start: string) => (path: string) => path === start || path.startsWith(`${start}/`);

const messages: Section = {
  key: "messages",
  href: "/",
  Icon: MessagesSquare,
  holds: (path) => path === "/" || path.startsWith("/conversations/"),
};
const search: Section = { key: "search", href: "/search", Icon: Search, holds: below("/search") };
const mentors: Section = { key: "mentors", href: "/mentors", Icon: GraduationCap, holds: below("/mentors") };
const forum: Section = { key: "forum", href: "/forum", Icon: MessageCircleQuestion, holds: below("/forum") };
const admin: Section = { key: "admin", href: "/admin", Icon: LayoutDashboard, holds: below("/admin") };

// Everybody may ask and answer; who cares for patients or is cared for comes for messages first.
const OF_ROLE: Record<Role, readonly Section[]> = {
  patient: [messages, forum, search],
  medecin: [messages, forum, search],
  mentor: [messages, mentors, forum, search],
  member: [messages, mentors, forum, search],
  admin: [admin, forum],
};

export function sectionsOf(role: Role, features: Features): readonly Section[] {
  return OF_ROLE[role].filter((section) => section !== forum || features.forum);
}
