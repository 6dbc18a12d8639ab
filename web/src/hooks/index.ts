export { Connected } from "./connected";
export { MessagingProvider, useMessaging, useSelected } from "./provider";
export { SessionProvider, useSession } from "./session";
export { useConversation, useConversations, useDraft, useOutbox, useUnreadCount } from "./conversations";
export { useMessages, useSeen, useTyping } from "./messages";
export { useConnection, useConnectionStats, useFeatures, useLimits, useMe, usePresence, useServerEvent } from "./presence";
export { type Page, type Pages, type Resource, usePages, useResource } from "./resource";
export { isUnderWay, type Making, useMaking } from "./making";
export { useKeptPush, usePush, type Push } from "./push";
