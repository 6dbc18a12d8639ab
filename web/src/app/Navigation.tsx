import { Keyboard, Languages, LogOut, Moon, Settings, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Link, useLocation } from "wouter";
import { useFeatures, useUnreadCount } from "@/hooks";
import { chooseLanguage, personName, useLanguage, useTexts } from "@/i18n";
import type { Me } from "@/sdk/types";
import { Avatar, chooseTheme, CountBadge, Menu, type MenuItem, theme } from "@/ui";
import { Logo } from "./Logo";
import { sectionsOf } from "./sections";
import styles from "./Shell.module.css";
import { appTexts } from "./texts";

export interface NavigationProps {
  me: Me;
  /** On a phone an open conversation has the whole screen. */
  isHidden: boolean;
  onShortcuts: () => void;
  signOut: () => Promise<void>;
}

export function Navigation({ me, isHidden, onShortcuts, signOut }: NavigationProps) {
  const t = useTexts(appTexts);
  const [path] = useLocation();
  const unread = useUnreadCount();
  const features = useFeatures();
  return (
    <nav className={styles.nav} aria-label={t("sections")} data-hidden={isHidden}>
      <span className={styles.logo}>
        <Logo size={32} />
      </span>
      <ul>
        {sectionsOf(me.role, features).map(({ key, href, Icon, holds }) => (
          <li key={key}>
            <Link href={href} className={styles.link ?? ""} aria-current={holds(path) ? "page" : undefined}>
              <Icon size={22} aria-hidden="true" />
              <span>{t(key)}</span>
              {key === "messages" && unread > 0 && (
                <span className={styles.count}>
                  <CountBadge count={unread} text={t("unread", { count: unread })} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <Account me={me} onShortcuts={onShortcuts} signOut={signOut} />
    </nav>
  );
}

function Account({ me, onShortcuts, signOut }: Omit<NavigationProps, "isHidden">) {
  const t = useTexts(appTexts);
  const items = useAccountItems({ onShortcuts, signOut });
  const name = personName(me);
  return (
    <span className={styles.me}>
      <Menu label={t("account")} items={items}>
        {(trigger) => (
          <button type="button" className={styles.meButton} aria-label={`${t("account")}, ${name}`} title={name} {...trigger}>
            <Avatar person={me} size="small" />
          </button>
        )}
      </Menu>
    </span>
  );
}

function useAccountItems({ onShortcuts, signOut }: Pick<NavigationProps, "onShortcuts" | "signOut">): MenuItem[] {
  const t = useTexts(appTexts);
  const language = useLanguage();
  const isDark = useIsDark();
  const [, navigate] = useLocation();
  const icon = (Icon: typeof Settings) => <Icon size={18} aria-hidden="true" />;
  return [
    { text: t("settings"), icon: icon(Settings), onSelect: () => navigate("/settings") },
    { text: t("shortcuts"), icon: icon(Keyboard), onSelect: onShortcuts },
    {
      text: language === "fr" ? "English" : "Français",
      icon: icon(Languages),
      onSelect: () => chooseLanguage(language === "fr" ? "en" : "fr"),
    },
    { text: t(isDark ? "light" : "dark"), icon: icon(isDark ? Sun : Moon), onSelect: () => chooseTheme(isDark ? "light" : "dark") },
    { text: t("signOut"), icon: icon(LogOut), apart: true, onSelect: () => void signOut() },
  ];
}

function useIsDark(): boolean {
  useSyncExternalStore(theme.subscribe, theme.get);
  return document.documentElement.dataset["theme"] === "dark";
}
