import { Award, MessageCircleQuestion, Trophy } from "lucide-react";
import type { ReactNode } from "react";
import { useTexts } from "@/i18n";
import { Page, Parts } from "@/ui";
import { forumTexts } from "./texts";

const PARTS = [
  { key: "questions", href: "/forum", Icon: MessageCircleQuestion },
  { key: "leaders", href: "/forum/leaders", Icon: Trophy },
  { key: "points", href: "/forum/points", Icon: Award },
] as const;

interface SectionProps {
  part: (typeof PARTS)[number]["key"];
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of the forum, with the way to the others. */
export function Section({ part, actions, children }: SectionProps) {
  const t = useTexts(forumTexts);
  return (
    <Page title={t("title")} actions={actions}>
      <Parts label={t("parts")} parts={PARTS} name={t} chosen={part} />
      {children}
    </Page>
  );
}
