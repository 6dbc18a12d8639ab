import { GraduationCap, MessageCircle } from "lucide-react";
import { useCallback, useState } from "react";
import { Link, useLocation } from "wouter";
import { useMe, useMessaging, useResource } from "@/hooks";
import { personName, shortDate, useLanguage, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { MentorProfile } from "@/sdk/contract";
import { Banner, Button, Card, EmptyState, Inline, Loading, Page, Tag, uiTexts } from "@/ui";
import { TONES } from "./MentorCard";
import { MentorPicture } from "./MentorPicture";
import styles from "./Mentors.module.css";
import { answerTime, countryName, languageName } from "./names";
import { mentorTexts } from "./texts";

export function MentorPage({ id }: { id: number }) {
  const t = useTexts(mentorTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload } = useResource(
    useCallback((signal) => rest.call("GET /api/mentors/{id}", { path: { id }, signal }), [rest, id]),
  );
  const isGone = error?.code === "NOT_FOUND" || error?.code === "VALIDATION_FAILED";
  return (
    <Page title={t("title")} back="/mentors">
      {isGone && <EmptyState icon={<GraduationCap size={28} />} title={t("gone")} action={<Link href="/mentors">{t("back")}</Link>} />}
      {error !== null && !isGone && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={t("loading")} />}
      {data !== null && <Profile mentor={data.mentor} />}
    </Page>
  );
}

function Profile({ mentor }: { mentor: MentorProfile }) {
  const t = useTexts(mentorTexts);
  const spoken = useLanguage();
  const me = useMe();
  const { headline, country, specialties, languages, availability, answersAccepted, responseSeconds, bio, memberSince } = mentor;
  return (
    <>
      <Card>
        <div className={styles.who}>
          <MentorPicture mentor={mentor} size="large" />
          <div>
            <h2>{personName({ ...mentor, role: "mentor" })}</h2>
            <p className={styles.headline} dir="auto">
              {headline}
            </p>
          </div>
        </div>
        <ul className={styles.list}>
          {languages.length > 0 && (
            <li>{t("speaks", { languages: languages.map((code) => languageName(code, spoken)).join(", ") })}</li>
          )}
          {responseSeconds !== null && <li>{t("answers", { time: answerTime(responseSeconds, t) })}</li>}
          {answersAccepted > 0 && <li>{t("accepted", { count: answersAccepted })}</li>}
          <li>{t("since", { when: shortDate(memberSince) })}</li>
        </ul>
        <Inline>
          <Tag tone={TONES[availability]}>{t(availability)}</Tag>
          {country !== null && <Tag>{countryName(country, spoken)}</Tag>}
          {specialties.map((specialty) => (
            <Tag key={specialty} tone="accent">
              {specialty}
            </Tag>
          ))}
        </Inline>
        {mentor.canMessage && <Message mentor={mentor} />}
        {mentor.id === me?.id && <Link href="/mentors/me">{t("mine")}</Link>}
      </Card>
      <Card title={t("about")}>
        <p className={styles.bio} dir="auto">
          {bio === "" ? t("noBio") : bio}
        </p>
      </Card>
    </>
  );
}

function Message({ mentor: { id, conversationId } }: { mentor: MentorProfile }) {
  const t = useTexts(mentorTexts);
  const messaging = useMessaging();
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState(false);

  async function open() {
    setFailed(false);
    try {
      navigate(`/conversations/${conversationId ?? (await messaging.openWith(id)).id}`);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFailed(true);
    }
  }

  return (
    <div className={styles.list}>
      <span>
        <Button kind="primary" large icon={<MessageCircle size={18} aria-hidden="true" />} onClick={() => void open()}>
          {t(conversationId === null ? "message" : "goOn")}
        </Button>
      </span>
      {failed && (
        <Banner tone="danger" round role="alert">
          {t("messageFailed")}
        </Banner>
      )}
    </div>
  );
}
