import { Bell, FolderDown, LaptopMinimal, LogOut, Palette, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { useTexts } from "@/i18n";
import type { Me } from "@/sdk/types";
import { Button, Page, Parts } from "@/ui";
import { Appearance } from "./Appearance";
import { Data } from "./Data";
import { Devices } from "./Devices";
import { Notifications } from "./Notifications";
import { Profile } from "./Profile";
import { settingsTexts } from "./texts";

const PARTS = [
  { key: "profile", href: "/settings", Icon: UserRound },
  { key: "devices", href: "/settings/devices", Icon: LaptopMinimal },
  { key: "notifications", href: "/settings/notifications", Icon: Bell },
  { key: "data", href: "/settings/data", Icon: FolderDown },
  { key: "appearance", href: "/settings/appearance", Icon: Palette },
] as const;

export interface SettingsProps {
  part: string | undefined;
  me: Me;
  signOut: () => Promise<void>;
  /** One's own figures, which another feature knows how to show. */
  activity: ReactNode;
}

export function Settings({ part, me, signOut, activity }: SettingsProps) {
  const t = useTexts(settingsTexts);
  const chosen = PARTS.find(({ key }) => key === part)?.key ?? "profile";
  // A link away from the profile.
  if (part === "activity" && me.role !== "admin") {
    return (
      <Page key="activity" title={t("activity")} back="/settings">
        {activity}
      </Page>
    );
  }
  return (
    <Page
      title={t("title")}
      actions={
        <Button icon={<LogOut size={18} aria-hidden="true" />} onClick={() => void signOut()}>
          {t("signOut")}
        </Button>
      }
    >
      <Parts label={t("parts")} parts={PARTS} name={t} chosen={chosen} />
      {chosen === "profile" && <Profile me={me} />}
      {chosen === "devices" && <Devices />}
      {chosen === "notifications" && <Notifications />}
      {chosen === "data" && <Data />}
      {chosen === "appearance" && <Appearance />}
    </Page>
  );
}
