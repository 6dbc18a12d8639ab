export { ConversationPane, ConversationPane as Conversation, ConversationPane as default, type ConversationPaneProps } from "./ConversationPane";
