import { chooseLanguage, useLanguage } from "@/i18n";
import { Button } from "@/ui";

/** The other language, in its own words. */
export function LanguageSwitch() {
  const spoken = useLanguage();
  const other = spoken === "fr" ? "en" : "fr";
  return (
    <Button kind="quiet" lang={other} onClick={() => chooseLanguage(other)}>
      {other === "en" ? "English" : "Français"}
    </Button>
  );
}
