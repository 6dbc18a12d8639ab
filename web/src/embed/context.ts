import { useCallback, useEffect, useMemo } from "react";
import { useMessaging, useResource, useSelected } from "@/hooks";
import type { ContextType, Permissions } from "@/sdk/contract";
import type { Conversation, Me } from "@/sdk/types";

export interface ContextName {
  contextType: string;
  contextId: string;
}

export interface AboutContext {
  /** Texts of this kind of context; null until they are known. */
  kind: ContextType | null;
  /** Null until they are known, or when one may do nothing. */
  permissions: Permissions | null;
  isLoading: boolean;
  conversation: Conversation | null;
}

/** What one may do about a prescription or an exam, and the conversation about it as far as there is one. */
export function useContext({ contextType, contextId }: ContextName): AboutContext {
  const messaging = useMessaging();
  const me = useSelected((state) => state.me) as Me;
  const { data, isLoading } = useResource(
    useCallback(async () => {
      const path = { contextType, contextId, userType: me.role, userId: me.id };
      const [types, { permissions }] = await Promise.all([messaging.rest.contexts.types(), messaging.rest.contexts.permissions(path)]);
      return { kind: types.items.find(({ type }) => type === contextType) ?? null, permissions };
    }, [messaging, contextType, contextId, me.role, me.id]),
  );
  const known = data?.permissions.conversationId ?? null;
  useEffect(() => {
    if (known !== null) void messaging.loadConversation(known);
  }, [messaging, known]);
  const conversation = useSelected((state) => ofContext(Object.values(state.conversations), contextType, contextId));
  return useMemo(
    () => ({ kind: data?.kind ?? null, permissions: data?.permissions ?? null, isLoading, conversation }),
    [data, isLoading, conversation],
  );
}

function ofContext(conversations: readonly Conversation[], type: string, id: string): Conversation | null {
  return conversations.find(({ context }) => context?.type === type && context.id === id) ?? null;
}
