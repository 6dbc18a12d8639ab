import { useEffect } from "react";
import { useUnreadCount } from "@/hooks";

const NAME = "Colloque";

/** The number of unread messages in the tab's title, and a dot on its picture. */
export function useTitle(): void {
  const unread = useUnreadCount();
  useEffect(() => {
    show(unread);
    return () => show(0);
  }, [unread]);
}

function show(unread: number): void {
  document.title = unread === 0 ? NAME : `(${unread}) ${NAME}`;
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const wanted = unread === 0 ? "/favicon.svg" : "/favicon-unread.svg";
  if (icon !== null && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
}
