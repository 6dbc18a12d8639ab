import { Link } from "wouter";
import { personName, useLanguage, useTexts } from "@/i18n";
import type { Mentor } from "@/sdk/contract";
import { Hidden, Tag, type Tone } from "@/ui";
import { MentorPicture } from "./MentorPicture";
import styles from "./Mentors.module.css";
import { answerTime, countryName } from "./names";
import { mentorTexts } from "./texts";

export const TONES: Record<Mentor["availability"], Tone> = { available: "ok", limited: "warn", unavailable: "neutral" };

export function MentorCard({ mentor }: { mentor: Mentor }) {
  const t = useTexts(mentorTexts);
  const spoken = useLanguage();
  const { id, headline, country, specialties, availability, responseSeconds, online } = mentor;
  return (
    <Link href={`/mentors/${id}`} className={styles.card ?? ""}>
      <MentorPicture mentor={mentor} />
      <span>
        <span className={styles.name}>{personName({ ...mentor, role: "mentor" })}</span>
        {online && <Hidden>, {t("online")}</Hidden>}
        <br />
        <span className={styles.headline} dir="auto">
          {headline}
        </span>
      </span>
      <span className={styles.facts}>
        <Tag tone={TONES[availability]}>{t(availability)}</Tag>
        {country !== null && <Tag>{countryName(country, spoken)}</Tag>}
        {specialties.slice(0, 3).map((specialty) => (
          <Tag key={specialty} tone="accent">
            {specialty}
          </Tag>
        ))}
      </span>
      {responseSeconds !== null && <span className={styles.fact}>{t("answers", { time: answerTime(responseSeconds, t) })}</span>}
    </Link>
  );
}
