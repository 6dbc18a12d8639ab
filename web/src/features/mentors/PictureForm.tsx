import { ImageUp, Trash2, X } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import { useLimits, useMessaging } from "@/hooks";
import { reasonText, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { MentorProfile } from "@/sdk/contract";
import { Banner, Button, Card, Hidden, IconButton, toast, uiTexts } from "@/ui";
import { MentorPicture } from "./MentorPicture";
import styles from "./Mentors.module.css";
import { ACCEPT, troubleWith } from "./picture";
import { mentorTexts } from "./texts";

const MEGA = 1_000_000;

export interface PictureFormProps {
  mentor: MentorProfile;
  changed: (mentor: MentorProfile) => void;
}

/** A picture of oneself beside one's profile. */
export function PictureForm({ mentor, changed }: PictureFormProps) {
  const t = useTexts(mentorTexts);
  const { maxAttachmentBytes = 0 } = useLimits();
  const picker = useRef<HTMLInputElement>(null);
  const ui = useTexts(uiTexts);
  const { progress, trouble, put, stop, remove, refuse, again } = usePictureChange(changed);

  function chosen(event: ChangeEvent<HTMLInputElement>) {
    const file = event.target.files?.[0];
    // The same one may be chosen again.
    event.target.value = "";
    if (file === undefined) return;
    const why = troubleWith(file, maxAttachmentBytes);
    if (why === null) void put(file);
    else refuse(t(why, { most: Math.round(maxAttachmentBytes / MEGA) }));
  }

  return (
    <Card title={t("picture")}>
      <div className={styles.who}>
        <MentorPicture mentor={mentor} size="large" />
        <div className={styles.buttons}>
          <input
            ref={picker}
            type="file"
            accept={ACCEPT}
            hidden
            aria-label={t("choosePicture")}
            onChange={chosen}
          />
          <Button icon={<ImageUp size={18} aria-hidden="true" />} busy={progress !== null} onClick={() => picker.current?.click()}>
            {t(mentor.hasAvatar ? "otherPicture" : "choosePicture")}
          </Button>
          {mentor.hasAvatar && progress === null && (
            <Button kind="quiet" icon={<Trash2 size={18} aria-hidden="true" />} onClick={() => void remove()}>
              {t("removePicture")}
            </Button>
          )}
        </div>
      </div>
      <p className={styles.hint}>{t("pictureHint", { most: Math.round(maxAttachmentBytes / MEGA) })}</p>
      {progress !== null && (
        <p className={styles.progress}>
          <progress max={1} value={progress} aria-label={t("uploading")} />
          <Hidden role="status">{t("uploading")}</Hidden>
          <IconButton label={t("stopUpload")} onClick={stop}>
            <X size={18} aria-hidden="true" />
          </IconButton>
        </p>
      )}
      {trouble !== null && (
        <Banner tone="danger" round role="alert" action={again !== null && <Button onClick={again}>{ui("retry")}</Button>}>
          {trouble}
        </Banner>
      )}
    </Card>
  );
}

function usePictureChange(changed: (mentor: MentorProfile) => void) {
  const t = useTexts(mentorTexts);
  const messaging = useMessaging();
  const [progress, setProgress] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  /** Chosen, and not stored for a reason that passes. */
  const [unsent, setUnsent] = useState<File | null>(null);
  const running = useRef<AbortController | null>(null);

  async function run(change: (signal: AbortSignal) => Promise<MentorProfile>, done: string, file: File | null = null) {
    const abort = new AbortController();
    running.current = abort;
    setTrouble(null);
    setUnsent(null);
    try {
      changed(await change(abort.signal));
      toast(done);
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!isMessagingError(error)) throw error;
      setTrouble(reasonText(error));
      if (error.isTemporary) setUnsent(file);
    } finally {
      setProgress(null);
    }
  }

  async function put(file: File) {
    setProgress(0);
    await run((signal) => messaging.uploadPicture(file, { onProgress: setProgress, signal }), t("pictureStored"), file);
  }

  return {
    progress,
    trouble,
    again: unsent === null ? null : () => void put(unsent),
    refuse(why: string) {
      setTrouble(why);
      setUnsent(null);
    },
    stop: () => running.current?.abort(),
    put,
    remove: () => run(async () => (await messaging.rest.call("DELETE /api/mentors/me/avatar")).mentor, t("pictureRemoved")),
  };
}
