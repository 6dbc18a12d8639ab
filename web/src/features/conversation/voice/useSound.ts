import { useCallback, useEffect, useRef, useState } from "react";

/** Only one sound at a time. */
let playing: HTMLAudioElement | null = null;

export interface Sound {
  isPlaying: boolean;
  position: number;
  /** Null until it is known. */
  length: number | null;
  play: (source: () => Promise<string>) => Promise<void>;
  pause: () => void;
  seek: (to: number) => void;
}

/** A sound that is loaded when it is played first. */
export function useSound(onFailed: () => void): Sound {
  const audio = useRef<HTMLAudioElement | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [position, setPosition] = useState(0);
  const [length, setLength] = useState<number | null>(null);
  const wanted = useRef(0);
  const failed = useRef(onFailed);
  failed.current = onFailed;

  useEffect(
    () => () => {
      audio.current?.pause();
      audio.current?.removeAttribute("src");
      if (playing === audio.current) playing = null;
    },
    [],
  );

  const play = useCallback(async (source: () => Promise<string>) => {
    let element = audio.current;
    if (element === null || element.error !== null) {
      element = new Audio(await source());
      audio.current = element;
      follow(element, { setPlaying, setPosition, setLength, failed: () => failed.current() });
      await lengthOf(element);
      element.currentTime = wanted.current;
    }
    if (playing !== element) playing?.pause();
    playing = element;
    await element.play();
  }, []);

  return {
    isPlaying,
    position,
    length,
    play,
    pause: useCallback(() => audio.current?.pause(), []),
    seek: useCallback((to: number) => {
      // Before it is loaded: where it is to begin.
      wanted.current = to;
      if (audio.current !== null) audio.current.currentTime = to;
      setPosition(to);
    }, []),
  };
}

interface Listeners {
  setPlaying: (playing: boolean) => void;
  setPosition: (position: number) => void;
  setLength: (length: number) => void;
  failed: () => void;
}

function follow(element: HTMLAudioElement, { setPlaying, setPosition, setLength, failed }: Listeners): void {
  element.addEventListener("play", () => setPlaying(true));
  element.addEventListener("pause", () => setPlaying(false));
  element.addEventListener("durationchange", () => {
    if (Number.isFinite(element.duration)) setLength(element.duration);
  });
  element.addEventListener("timeupdate", () => setPosition(element.currentTime));
  element.addEventListener("ended", () => {
    setPlaying(false);
    element.currentTime = 0;
    setPosition(0);
  });
  element.addEventListener("error", failed);
}

/** What a browser recorded does not say how long it is until its end was looked at. */
function lengthOf(element: HTMLAudioElement): Promise<void> {
  return new Promise((resolve, reject) => {
    element.addEventListener("error", () => reject(new DOMException("no sound", "NotSupportedError")), { once: true });
    element.addEventListener(
      "loadedmetadata",
      () => {
        if (Number.isFinite(element.duration)) return resolve();
        element.addEventListener(
          "durationchange",
          () => {
            element.currentTime = 0;
            resolve();
          },
          { once: true },
        );
        element.currentTime = Number.MAX_SAFE_INTEGER;
      },
      { once: true },
    );
  });
}
