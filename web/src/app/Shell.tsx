import { Suspense, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useTexts } from "@/i18n";
import type { Me } from "@/sdk/types";
import { Loading, uiTexts } from "@/ui";
import { ConnectionBanner } from "./ConnectionBanner";
import { Dialogs, type OpenDialog } from "./Dialogs";
import { IdleGuard } from "./IdleGuard";
import { LossBanner } from "./LossBanner";
import { Navigation } from "./Navigation";
import { NewMessages } from "./NewMessages";
import { OfferNotifications } from "./OfferNotifications";
import { PartFailed } from "./PartFailed";
import { Routes } from "./Routes";
import styles from "./Shell.module.css";
import { appTexts } from "./texts";
import { useShortcuts } from "./shortcuts";
import { useArchiveNotice } from "./useArchiveNotice";
import { useTitle } from "./useTitle";

export interface ShellProps {
  me: Me;
  signOut: () => Promise<void>;
}

export function Shell({ me, signOut }: ShellProps) {
  const t = useTexts(appTexts);
  const ui = useTexts(uiTexts);
  const [path] = useLocation();
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  useTitle();
  useArchiveNotice();
  useShortcuts({ open: setDialog, searchBox });
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t("skip")}
      </a>
      <div className={styles.banner}>
        <ConnectionBanner />
        <LossBanner />
        <OfferNotifications />
      </div>
      <Navigation
        me={me}
        isHidden={path.startsWith("/conversations/")}
        onShortcuts={() => setDialog("shortcuts")}
        signOut={signOut}
      />
      <div id="content" tabIndex={-1} className={styles.content}>
        <PartFailed place={path}>
          <Suspense fallback={<Loading text={ui("loading")} />}>
            <Routes me={me} onNew={() => setDialog("new")} searchBox={searchBox} signOut={signOut} />
          </Suspense>
        </PartFailed>
      </div>
      <Dialogs open={dialog} close={() => setDialog(null)} />
      <NewMessages />
      <IdleGuard />
    </div>
  );
}
