import { Send, Square, Trash2 } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLeaveQuestion } from "@/hooks";
import { duration, useTexts } from "@/i18n";
import type { Recording } from "@/sdk/types";
import { Hidden, IconButton, toast } from "@/ui";
import { texts } from "../texts";
import { LevelMeter } from "./LevelMeter";
import { CannotRecord, longest, type Recorder, type RecorderTrouble, startRecording } from "./recorder";
import styles from "./VoiceBar.module.css";
import { LocalPlayer } from "./VoicePlayer";

interface Props {
  maxBytes: number;
  /** What was recorded, once that has ended; null begins a recording. */
  recording: Recording | null;
  /** Kept by the owner: it ends too when one goes elsewhere meanwhile. */
  onRecorded: (recording: Recording) => void;
  onSend: (recording: Recording) => void;
  onCancel: () => void;
  onTrouble: (why: RecorderTrouble) => void;
}

/** In the place of the text box: records at once, then lets one listen before it is sent. */
export default function VoiceBar({ maxBytes, recording, onRecorded, onSend, onCancel, onTrouble }: Props) {
  const t = useTexts(texts);
  const [recorder, setRecorder] = useState<Recorder | null>(null);
  const [seconds, setSeconds] = useState(0);
  const limit = longest(maxBytes > 0 ? maxBytes : Number.MAX_SAFE_INTEGER);
  const done = useRef<HTMLButtonElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const trouble = useRef(onTrouble);
  trouble.current = onTrouble;
  const keep = useRef(onRecorded);
  keep.current = onRecorded;
  const toldKept = useRef(() => {});
  toldKept.current = () => toast(t("recordingKept"));
  // Sent, given up, or kept already.
  const isSettled = useRef(recording !== null);
  // What was recorded is the owner's to ask about.
  useLeaveQuestion(recording === null && recorder !== null);

  useEffect(() => {
    if (isSettled.current) return;
    let isWanted = true;
    let started: Recorder | null = null;
    startRecording().then(
      (made) => {
        started = made;
        if (isWanted) setRecorder(made);
        else made.cancel();
      },
      (error: unknown) => {
        if (!(error instanceof CannotRecord)) throw error;
        if (isWanted) trouble.current(error.why);
      },
    );
    return () => {
      isWanted = false;
      if (isSettled.current || started === null) return started?.cancel();
      toldKept.current();
      void started.finish().then(keep.current);
    };
  }, []);

  const finish = useCallback(async () => {
    if (recorder === null || isSettled.current) return;
    isSettled.current = true;
    keep.current(await recorder.finish());
  }, [recorder]);

  useEffect(() => {
    if (recorder === null || recording !== null) return;
    recorder.onEnded(() => void finish());
    const timer = setInterval(() => {
      setSeconds(recorder.seconds());
      if (recorder.seconds() >= limit) void finish();
    }, 200);
    return () => clearInterval(timer);
  }, [recorder, recording, limit, finish]);

  // Until there is a microphone, Esc still means no.
  useEffect(() => (recorder === null && recording === null ? bar : done).current?.focus(), [recorder, recording]);

  function cancel() {
    isSettled.current = true;
    onCancel();
  }

  async function send() {
    isSettled.current = true;
    const made = recording ?? (await recorder?.finish());
    if (made !== undefined) onSend(made);
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it hears Esc from the buttons within
    <div
      ref={bar}
      tabIndex={-1}
      className={styles.bar}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        cancel();
      }}
    >
      <IconButton label={t("cancelRecording")} onClick={cancel}>
        <Trash2 size={20} aria-hidden="true" />
      </IconButton>
      {recording === null ? (
        <div className={styles.live}>
          <span className={styles.dot} aria-hidden="true" />
          <span className={styles.time}>{duration(seconds)}</span>
          <LevelMeter recorder={recorder} />
          {limit - seconds < 15 && <span className={styles.limit}>{t("almostFull")}</span>}
        </div>
      ) : (
        <LocalPlayer file={recording.file} seconds={recording.seconds} />
      )}
      <Hidden role="status">{recording !== null ? t("recordingReady", { time: duration(recording.seconds) }) : recorder !== null ? t("record") : ""}</Hidden>
      {recording === null && (
        <IconButton ref={done} label={t("stopRecording")} disabled={recorder === null} onClick={() => void finish()}>
          <Square size={20} aria-hidden="true" />
        </IconButton>
      )}
      <IconButton
        ref={recording === null ? undefined : done}
        label={t("sendRecording")}
        primary
        className={styles.send}
        disabled={recorder === null && recording === null}
        onClick={() => void send()}
      >
        <Send size={20} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
