import { useEffect, useState } from "react";
import { useMessaging } from "@/hooks";
import { isMessagingError } from "@/sdk";
import type { Mentor } from "@/sdk/contract";
import { Avatar } from "@/ui";

/** A mentor's picture, or their initials while there is none. It is fetched with the token, and forgotten with the screen. */
export function MentorPicture({ mentor, size = "medium" }: { mentor: Mentor; size?: "medium" | "large" }) {
  return <Avatar person={{ ...mentor, role: "mentor" }} online={mentor.online} size={size} src={usePicture(mentor)} />;
}

/** `updatedAt`: another picture is another address. */
function usePicture({ id, hasAvatar, updatedAt }: Mentor): string | null {
  const { rest } = useMessaging();
  const [src, setSrc] = useState<string | null>(null);
  useEffect(() => {
    if (!hasAvatar) return;
    const abort = new AbortController();
    let url: string | null = null;
    rest.call("GET /api/mentors/{id}/avatar", { path: { id }, signal: abort.signal }).then(
      (picture) => {
        if (abort.signal.aborted) return;
        url = URL.createObjectURL(picture);
        setSrc(url);
      },
      (error: unknown) => {
        // The initials stand for it.
        if (!abort.signal.aborted && !isMessagingError(error)) throw error;
      },
    );
    return () => {
      abort.abort();
      if (url !== null) URL.revokeObjectURL(url);
      setSrc(null);
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another time is another picture
  }, [rest, id, hasAvatar, updatedAt]);
  return src;
}
