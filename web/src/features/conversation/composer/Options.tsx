import { Ellipsis, MessageCircleQuestionMark, TriangleAlert } from "lucide-react";
import { useTexts } from "@/i18n";
import type { Draft } from "@/sdk/types";
import { IconButton, Menu } from "@/ui";
import { texts } from "../texts";

/** What one may ask for with a message. */
export function Options({ draft, change }: { draft: Draft; change: (change: Partial<Draft>) => void }) {
  const t = useTexts(texts);
  const isUrgent = draft.isUrgent ?? false;
  const requiresResponse = draft.requiresResponse ?? false;
  return (
    <Menu
      label={t("more")}
      items={[
        { text: t("urgentToggle"), icon: <TriangleAlert size={18} aria-hidden="true" />, checked: isUrgent, onSelect: () => change({ isUrgent: !isUrgent }) },
        {
          text: t("requiresToggle"),
          icon: <MessageCircleQuestionMark size={18} aria-hidden="true" />,
          checked: requiresResponse,
          onSelect: () => change({ requiresResponse: !requiresResponse }),
        },
      ]}
    >
      {(trigger) => (
        <IconButton label={t("more")} {...trigger}>
          <Ellipsis size={20} aria-hidden="true" />
        </IconButton>
      )}
    </Menu>
  );
}
