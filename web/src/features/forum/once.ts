import { newId } from "@/sdk";

/**
 * Gives what is posted an id: the same one as long as the same is tried again, so that it is stored once however many replies are
 * lost. What was changed in between is something else, and so is what is said again after it `arrived`.
 */
export function createOnce() {
  let tried: { content: string; clientMessageId: string } | null = null;
  return {
    sent<Body extends object>(body: Body): Body & { clientMessageId: string } {
      const content = JSON.stringify(body);
      if (tried?.content !== content) tried = { content, clientMessageId: newId() };
      return { ...body, clientMessageId: tried.clientMessageId };
    },
    arrived(): void {
      tried = null;
    },
  };
}
