import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { toast } from "@/ui";
import { adminTexts } from "./texts";

/** Runs a change, and says in passing when it could not be made. True when it was. */
export function useChange(): (change: () => Promise<void>) => Promise<boolean> {
  const t = useTexts(adminTexts);
  return async (change) => {
    try {
      await change();
      return true;
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
      return false;
    }
  };
}
