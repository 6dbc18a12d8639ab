// Records one voice message. Outside React: it owns the microphone, and gives it back whatever happens.

import type { Recording } from "@/sdk/types";
import { voiceName } from "./length";

export type RecorderTrouble = "micRefused" | "micMissing" | "micUnsupported";

export class CannotRecord extends Error {
  constructor(readonly why: RecorderTrouble) {
    super(why);
  }
}

export interface Recorder {
  /** Loudness now, 0 to 1. */
  level: () => number;
  seconds: () => number;
  /** The sound so far; the microphone is off afterwards. */
  finish: () => Promise<Recording>;
  cancel: () => void;
  /** The microphone went away (unplugged, taken by a call): what was recorded is kept for `finish`. */
  onEnded: (listener: () => void) => void;
}

const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4", "audio/webm"];
const BITS_PER_SECOND = 32_000;

/** So many seconds fit into a file of this size, with room to spare. */
export function longest(maxBytes: number): number {
  return Math.min(900, Math.floor((maxBytes * 0.8) / (BITS_PER_SECOND / 8)));
}

export function recordingType(isSupported: (type: string) => boolean): string | null {
  return TYPES.find(isSupported) ?? null;
}

/** Raises CannotRecord. */
export async function startRecording(): Promise<Recorder> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  const type = typeof MediaRecorder === "undefined" ? null : recordingType((each) => MediaRecorder.isTypeSupported(each));
  if (devices === undefined || type === null) throw new CannotRecord("micUnsupported");
  const stream = await devices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } }).catch(refused);
  return new MicrophoneRecorder(stream, type);
}

function refused(error: unknown): never {
  const name = error instanceof DOMException ? error.name : "";
  throw new CannotRecord(name === "NotFoundError" || name === "OverconstrainedError" ? "micMissing" : "micRefused");
}

class MicrophoneRecorder implements Recorder {
  readonly #recorder: MediaRecorder;
  readonly #parts: Blob[] = [];
  readonly #started = performance.now();
  readonly #audio = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #type: string;
  #ended: (() => void) | null = null;

  constructor(
    private readonly stream: MediaStream,
    type: string,
  ) {
    this.#type = type.split(";")[0] ?? type;
    this.#recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.addEventListener("dataavailable", (event) => this.#parts.push(event.data));
    this.#analyser = this.#audio.createAnalyser();
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#audio.createMediaStreamSource(stream).connect(this.#analyser);
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.#ended?.());
    this.#recorder.start(1000);
  }

  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  onEnded(listener: () => void): void {
    this.#ended = listener;
  }

  async finish(): Promise<Recording> {
    const seconds = this.seconds();
    if (this.#recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => this.#recorder.addEventListener("stop", resolve, { once: true }));
      this.#recorder.stop();
      await stopped;
    }
    this.#release();
    const ending = this.#type.split("/")[1] === "mp4" ? "m4a" : (this.#type.split("/")[1] ?? "webm");
    return { file: new File(this.#parts, voiceName(seconds, ending), { type: this.#type }), seconds };
  }

  cancel(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#release();
  }

  #release(): void {
    this.#ended = null;
    for (const track of this.stream.getTracks()) track.stop();
    if (this.#audio.state !== "closed") void this.#audio.close();
  }
}

/** 0 for silence (−50 dB and less), 1 for as loud as it gets. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-10);
  return Math.min(1, Math.max(0, (decibels + 50) / 50));
}
