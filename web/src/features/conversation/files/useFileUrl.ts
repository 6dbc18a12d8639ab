import { useCallback, useEffect, useState } from "react";
import { useMessaging } from "@/hooks";
import { isMessagingError } from "@/sdk/errors";

export interface FileUrl {
  url: string | null;
  failed: boolean;
  /** The address aged, or the file did not come: asks for another. */
  again: () => void;
}

/** An address for <img>; null until it is there. */
export function useFileUrl(attachmentId: number, thumbnail: boolean): FileUrl {
  const messaging = useMessaging();
  const [state, setState] = useState<{ url: string | null; failed: boolean }>({ url: null, failed: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isWanted = true;
    messaging.fileUrl(attachmentId, { thumbnail }).then(
      (url) => {
        if (isWanted) setState({ url, failed: false });
      },
      (error: unknown) => {
        if (!isMessagingError(error)) throw error;
        if (isWanted) setState({ url: null, failed: true });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [messaging, attachmentId, thumbnail, turn]);
  return { ...state, again: useCallback(() => setTurn((before) => before + 1), []) };
}

/** Saves a file under its name. Raises MessagingError. */
export function useDownload(): (attachmentId: number, name: string) => Promise<void> {
  const messaging = useMessaging();
  return useCallback(
    async (attachmentId, name) => {
      const link = document.createElement("a");
      link.href = await messaging.fileUrl(attachmentId);
      link.download = name;
      link.rel = "noopener";
      document.body.append(link);
      link.click();
      link.remove();
    },
    [messaging],
  );
}
