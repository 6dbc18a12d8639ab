import { useCallback } from "react";
import { Link } from "wouter";
import { useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner, Button, Card, EmptyState, Loading, Page, uiTexts } from "@/ui";
import { PictureForm } from "./PictureForm";
import { ProfileForm } from "./ProfileForm";
import { mentorTexts } from "./texts";

/** What a mentor says of themself in the directory, and the picture beside it. */
export function OwnProfile() {
  const t = useTexts(mentorTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload, set } = useResource(useCallback((signal) => rest.call("GET /api/mentors/me", { signal }), [rest]));
  const isNone = error?.code === "FORBIDDEN" || error?.code === "NOT_FOUND";
  return (
    <Page
      title={t("mine")}
      back="/mentors"
      actions={data !== null && <Link href={`/mentors/${data.mentor.id}`}>{t("asSeen")}</Link>}
    >
      {isNone && <EmptyState title={t("onlyMentors")} action={<Link href="/mentors">{t("back")}</Link>} />}
      {error !== null && !isNone && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={t("loading")} />}
      {data !== null && (
        <>
          <PictureForm mentor={data.mentor} changed={(mentor) => set({ mentor })} />
          <Card title={t("presentation")}>
            <ProfileForm mentor={data.mentor} saved={(mentor) => set({ mentor })} />
          </Card>
        </>
      )}
    </Page>
  );
}
