import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { duration, useTexts } from "@/i18n";
import { useMessaging } from "@/hooks";
import { isMessagingError } from "@/sdk/errors";
import { Spinner } from "@/ui";
import { texts } from "../texts";
import { secondsIn } from "./length";
import { useSound } from "./useSound";
import styles from "./VoicePlayer.module.css";

/** A sound on the server. It is fetched when it is played for the first time. */
export function VoicePlayer({ attachmentId, name, tabIndex }: { attachmentId: number; name: string | null; tabIndex: number }) {
  const messaging = useMessaging();
  return <Player source={() => messaging.fileUrl(attachmentId)} tabIndex={tabIndex} seconds={secondsIn(name)} />;
}

/** One's own recording, before it is sent. */
export function LocalPlayer({ file, seconds }: { file: File; seconds: number }) {
  const url = useRef<string>(null);
  useEffect(
    () => () => {
      if (url.current !== null) URL.revokeObjectURL(url.current);
    },
    [],
  );
  return <Player source={() => Promise.resolve((url.current ??= URL.createObjectURL(file)))} tabIndex={0} seconds={seconds} />;
}

function Player({ source, tabIndex, seconds }: { source: () => Promise<string>; tabIndex: number; seconds: number | null }) {
  const t = useTexts(texts);
  const [isLoading, setLoading] = useState(false);
  const [failed, setFailed] = useState(false);
  const sound = useSound(() => setFailed(true));
  const length = sound.length ?? seconds;

  async function toggle() {
    setFailed(false);
    if (sound.isPlaying) return sound.pause();
    setLoading(true);
    try {
      await sound.play(source);
    } catch (error) {
      if (!isMessagingError(error) && !(error instanceof DOMException)) throw error;
      setFailed(true);
    } finally {
      setLoading(false);
    }
  }

  const Icon = sound.isPlaying ? Pause : Play;
  return (
    <div className={styles.player}>
      <button
        type="button"
        className={styles.toggle}
        tabIndex={tabIndex}
        aria-label={sound.isPlaying || length === null ? t(sound.isPlaying ? "pause" : "play") : `${t("play")}, ${duration(length)}`}
        onClick={() => void toggle()}
      >
        {isLoading ? <Spinner /> : <Icon size={20} aria-hidden="true" />}
      </button>
      <input
        type="range"
        className={styles.position}
        tabIndex={tabIndex}
        min={0}
        max={Math.max(length ?? 1, 0.1)}
        step={0.1}
        value={Math.min(sound.position, length ?? 1)}
        disabled={length === null}
        aria-label={t("position")}
        aria-valuetext={duration(sound.position)}
        onChange={(event) => sound.seek(Number(event.target.value))}
      />
      <span className={styles.time}>
        {length === null && sound.position === 0 ? t("ofVoice") : duration(sound.isPlaying || sound.position > 0 || length === null ? sound.position : length)}
      </span>
      {failed && (
        <span className={styles.failed} role="alert">
          {t("audioFailed")}
        </span>
      )}
    </div>
  );
}
