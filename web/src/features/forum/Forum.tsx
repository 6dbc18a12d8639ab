import { MessageCircleQuestion } from "lucide-react";
import { useFeatures } from "@/hooks";
import { useTexts } from "@/i18n";
import { EmptyState, Page } from "@/ui";
import { AskForm } from "./AskForm";
import { Leaders } from "./Leaders";
import { Points } from "./Points";
import { QuestionPage } from "./QuestionPage";
import { Questions } from "./Questions";
import { forumTexts } from "./texts";

export function Forum({ part }: { part: string | undefined }) {
  const t = useTexts(forumTexts);
  const { forum } = useFeatures();
  if (!forum)
    return (
      <Page title={t("title")}>
        <EmptyState icon={<MessageCircleQuestion size={28} />} title={t("off")} />
      </Page>
    );
  if (part === "ask") return <AskForm />;
  if (part === "leaders") return <Leaders />;
  if (part === "points") return <Points />;
  return part === undefined ? <Questions /> : <QuestionPage key={part} id={Number(part) || 0} />;
}
