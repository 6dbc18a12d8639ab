import { useCallback } from "react";
import { useMessaging, usePages } from "@/hooks";
import { ago, shortDate, useTexts } from "@/i18n";
import type { Session } from "@/sdk/contract";
import { deviceName } from "@/text/device";
import { Button, EmptyState, Listing, Row, toast } from "@/ui";
import { adminTexts } from "./texts";
import { dataTexts } from "./texts.data";
import { useChange } from "./useChange";

/** Where somebody is signed in, and how to end that. */
export function UserSessions({ userId }: { userId: number }) {
  const t = useTexts(dataTexts);
  const all = useTexts(adminTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const pages = usePages<Session>(
    useCallback(
      (before, signal) => rest.call("GET /api/admin/users/{id}/sessions", { path: { id: userId }, query: { before }, signal }),
      [rest, userId],
    ),
  );

  function end(sessionId: string) {
    void change(async () => {
      await rest.call("DELETE /api/admin/users/{id}/sessions/{sessionId}", { path: { id: userId, sessionId } });
      pages.update((items) => items.filter(({ id }) => id !== sessionId));
      toast(all("sessionsEnded", { count: 1 }));
    });
  }

  return (
    <>
      <h2>{t("sessions")}</h2>
      <Listing pages={pages} empty={<EmptyState title={t("noSessions")} />}>
        {({ id, device, address, createdAt, lastUsedAt }) => {
          const name = deviceName(device) ?? t("unknownDevice");
          return (
            <Row
              key={id}
              title={name}
              detail={[all("lastSeen", { when: ago(lastUsedAt) }), t("sessionSince", { when: shortDate(createdAt) }), address]
                .filter((part) => part !== null)
                .join(" · ")}
              side={
                <Button aria-label={t("endSessionOf", { device: name })} onClick={() => end(id)}>
                  {t("endSession")}
                </Button>
              }
            />
          );
        }}
      </Listing>
    </>
  );
}
