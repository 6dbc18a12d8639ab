import { useSyncExternalStore } from "react";
import { allowSingleKeys, singleKeys } from "@/app/shortcuts";
import { chooseLanguage, type Language, useLanguage, useTexts } from "@/i18n";
import { Card, Check, chooseTheme, Select, Stack, type Theme, theme } from "@/ui";
import { settingsTexts } from "./texts";

export function Appearance() {
  const t = useTexts(settingsTexts);
  const language = useLanguage();
  const chosen = useSyncExternalStore(theme.subscribe, theme.get);
  const single = useSyncExternalStore(singleKeys.subscribe, singleKeys.get);
  return (
    <Card>
      <Stack>
        <Select label={t("language")} value={language} onChange={(event) => chooseLanguage(event.target.value as Language)}>
          <option value="fr">Français</option>
          <option value="en">English</option>
        </Select>
        <Select label={t("theme")} value={chosen} onChange={(event) => chooseTheme(event.target.value as Theme)}>
          <option value="system">{t("themeSystem")}</option>
          <option value="light">{t("themeLight")}</option>
          <option value="dark">{t("themeDark")}</option>
        </Select>
        <Check
          label={t("single")}
          hint={t("singleHint")}
          checked={single}
          onChange={(event) => allowSingleKeys(event.target.checked)}
        />
      </Stack>
    </Card>
  );
}
