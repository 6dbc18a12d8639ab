import { Bell, LaptopMinimal, LogOut, Palette, UserRound } from "lucide-react";
import { Link } from "wouter";
import { useTexts } from "@/i18n";
import type { Me } from "@/sdk/types";
import { Button, Page } from "@/ui";
import { Appearance } from "./Appearance";
import { Devices } from "./Devices";
import { Notifications } from "./Notifications";
import { Profile } from "./Profile";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";

const PARTS = [
  { key: "profile", href: "/settings", Icon: UserRound },
  { key: "devices", href: "/settings/devices", Icon: LaptopMinimal },
  { key: "notifications", href: "/settings/notifications", Icon: Bell },
  { key: "appearance", href: "/settings/appearance", Icon: Palette },
] as const;

export interface SettingsProps {
  part: string | undefined;
  me: Me;
  signOut: () => Promise<void>;
}

export function Settings({ part, me, signOut }: SettingsProps) {
  const t = useTexts(settingsTexts);
  const chosen = PARTS.find(({ key }) => key === part)?.key ?? "profile";
  return (
    <Page
      title={t("title")}
      actions={
        <Button icon={<LogOut size={18} aria-hidden="true" />} onClick={() => void signOut()}>
          {t("signOut")}
        </Button>
      }
    >
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
      {chosen === "profile" && <Profile me={me} />}
      {chosen === "devices" && <Devices />}
      {chosen === "notifications" && <Notifications />}
      {chosen === "appearance" && <Appearance />}
    </Page>
  );
}
