// Made from the server's code by `python -m server.documents`. Not to be edited.

export type Nothing = undefined;

export type ErrorCode = "VALIDATION_FAILED" | "AUTH_REQUIRED" | "SESSION_EXPIRED" | "FORBIDDEN" | "CONTEXT_ACCESS_DENIED" | "NOT_FOUND" | "CONFLICT" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_FILE" | "RATE_LIMIT_EXCEEDED" | "UNKNOWN_EVENT" | "INTERNAL" | "UNAVAILABLE";

export interface Access {
  id: number;
  at: string;
  userId: number | null;
  userName: string | null;
  userRole: string | null;
  onBehalfOf: number | null;
  action: string;
  reason: string | null;
  times: number;
}

export interface AccessPage {
  items: Access[];
  hasMore: boolean;
  next: string | null;
}

export interface Actor {
  id: number;
  name: string;
}

export interface AdminContext {
  id: string;
  type: string;
  version: number;
  state: "active" | "closed";
  patient: LinkPerson;
  doctor: LinkPerson;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface AdminContextPage {
  items: AdminContext[];
  hasMore: boolean;
  next: string | null;
}

export interface AdminContextReply {
  context: AdminContext;
}

export interface AdminParticipant {
  userId: number;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
  readSeq: number;
  deliveredSeq: number;
  unreadCount: number;
  joinedAt: string;
  leftAt: string | null;
}

export interface AdminParticipants {
  participants: AdminParticipant[];
}

export interface AdminReport {
  id: number;
  questionId: number;
  answerId: number | null;
  reason: string;
  details: string | null;
  reporter: Reporter;
  title: string;
  body: string;
  removed: boolean;
  createdAt: string;
  settledAt: string | null;
  decision: string | null;
  note: string | null;
}

export interface AdminReportPage {
  items: AdminReport[];
  hasMore: boolean;
  next: string | null;
}

export interface AdminReportReply {
  report: AdminReport;
}

export interface Answer {
  myVote: -1 | 0 | 1;
  isMine: boolean;
  score: number;
  upCount: number;
  downCount: number;
  id: number;
  questionId: number;
  body: string;
  bodyHtml: string;
  author: Author;
  isAccepted: boolean;
  version: number;
  change: number;
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
  canEdit: boolean;
  canDelete: boolean;
  canVote: boolean;
}

export interface AnswerAccepted {
  questionId: number;
  change: number;
  answerId: number | null;
}

export interface AnswerEvent {
  questionId: number;
  change: number;
  answer: AnswerText;
}

export interface AnswerPage {
  items: Answer[];
  hasMore: boolean;
  next: string | null;
}

export interface AnswerQuestion {
  body: string;
  clientMessageId?: string | null;
}

export interface AnswerReply {
  answer: Answer;
}

export interface AnswerText {
  score: number;
  upCount: number;
  downCount: number;
  id: number;
  questionId: number;
  body: string;
  bodyHtml: string;
  author: Author;
  isAccepted: boolean;
  version: number;
  change: number;
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
}

export interface AnswerTyping {
  questionId: number;
  userId: number | null;
}

export interface Answered {
  answer: Answer;
  duplicate: boolean;
}

export interface Archive {
  archiveId: number;
  state: "queued" | "running" | "ready" | "failed" | "expired";
  progress: number;
  size: number | null;
  url: string | null;
  proof: Proof | null;
  createdAt: string;
  finishedAt: string | null;
  expiresAt: string | null;
}

export interface ArchivePage {
  items: Archive[];
  hasMore: boolean;
  next: string | null;
}

export interface ArchiveProgress {
  archiveId: number;
  state: "queued" | "running" | "ready" | "failed" | "expired";
  progress: number;
}

export interface ArchiveSession {
}

export interface Ask {
  title: string;
  body: string;
  tags: string[];
  pseudonym?: string | null;
  clientMessageId?: string | null;
}

export interface AskForArchive {
  reason: string;
}

export interface AskForExport {
  format: "json" | "html" | "pdf" | "zip";
}

export interface AskForOwnArchive {
}

export interface Asked {
  question: Question;
  duplicate: boolean;
}

export interface AskedForArchive {
  archiveId: number;
}

export interface AskedForExport {
  exportId: number;
}

export interface Attachment {
  id: number;
  name: string | null;
  mediaType: "application/pdf" | "image/jpeg" | "image/png" | "application/msword" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" | "audio/webm" | "audio/ogg" | "audio/mp4";
  size: number;
  width: number | null;
  height: number | null;
  hasThumbnail: boolean;
}

export interface Attention {
  urgentCount: number;
  awaitingReplyCount: number;
}

export interface Author {
  id: number | null;
  name: string;
  role: string | null;
  pseudonym: boolean;
}

export interface Body {
  body: string;
}

export interface BreakGlass {
  reason: string;
}

export interface BrokenGlass {
  conversationId: number;
  reason: string;
  until: string;
}

export interface CareLink {
  id: number;
  externalId: string | null;
  patient: LinkPerson;
  doctor: LinkPerson;
  since: string;
  until: string | null;
  active: boolean;
}

export interface CareLinkPage {
  items: CareLink[];
  hasMore: boolean;
  next: string | null;
}

export interface CareLinkReply {
  link: CareLink;
}

export interface ChangeMentor {
  headline?: string;
  bio?: string;
  country?: string | null;
  specialties?: string[];
  languages?: string[];
  availability?: "available" | "limited" | "unavailable";
}

export interface ChangePassword {
  currentPassword: string;
  newPassword: string;
}

export interface ChangePreferences {
  push?: boolean;
  email?: boolean;
  silentKinds?: ("new_message" | "urgent" | "context_changed" | "export_ready" | "conversation_opened")[];
  urgentAlways?: boolean;
  quietHours?: QuietHours | null;
  language?: "fr" | "en" | null;
}

export interface ChangeUser {
  username?: string;
  firstName?: string;
  lastName?: string;
  email?: string | null;
  role?: "patient" | "medecin" | "mentor" | "member" | "admin";
  disabled?: boolean;
  password?: string;
}

export interface ChangedMessage {
  message: Message;
}

export interface ConnectionEstablished {
  userId: number;
  userRole: string;
  serverTime: string;
  unreadCount: number;
  limits: Limits;
  features: Features;
  epoch: string;
}

export interface ConnectionStats {
  stats: Stats;
}

export interface Context {
  type: string;
  id: string;
  version?: number | null;
}

export interface ContextAction {
  action: string;
  label: Said;
}

export interface ContextReference {
  type: string;
  id: string;
}

export interface ContextType {
  type: string;
  icon: string;
  label: Said;
  title: Said;
  description: Said;
  button: Said;
  actions: ContextAction[];
}

export interface ContextTypePage {
  items: ContextType[];
  hasMore: boolean;
  next: string | null;
}

export interface Conversation {
  id: number;
  kind: "care" | "contextual" | "mentoring";
  status: "active" | "archived" | "closed";
  context?: PresentContext | null;
  participantInfo: ParticipantInfo;
  lastMessage?: LastMessage | null;
  lastMessageTime: string;
  unreadCount: number;
  urgentCount: number;
  awaitingReply: boolean;
  messageCount: number;
  lastSeq: number;
  lastChange: number;
  muted: boolean;
  pinned: boolean;
  markedUnread: boolean;
  createdAt: string;
  updatedAt: string;
  canReply: boolean;
  canReplyReason?: "link_ended" | "context_closed" | "conversation_closed" | "participant_left" | null;
}

export interface ConversationCounts {
  active: number;
  archived: number;
  closed: number;
  unread: number;
}

export interface ConversationDetail {
  conversation: DetailedConversation;
}

export interface ConversationEvent {
  conversation: Conversation;
}

export interface ConversationOpened {
  conversationId: number;
  userId: number;
  userName: string;
  userRole: string;
  action: string;
  reason: string | null;
  openedAt: string;
}

export interface ConversationPage {
  items: Conversation[];
  hasMore: boolean;
  next: string | null;
}

export interface Count {
  value: string;
  count: number;
}

export interface CreateUser {
  username: string;
  firstName: string;
  lastName: string;
  email?: string | null;
  role: "patient" | "medecin" | "mentor" | "member" | "admin";
  disabled?: boolean;
  externalId?: string | null;
  password?: string;
}

export interface DeliveredResultAck {
  deliveredSeq: number;
  ok: true;
}

export interface DetailedConversation {
  id: number;
  kind: "care" | "contextual" | "mentoring";
  status: "active" | "archived" | "closed";
  context?: PresentContext | null;
  participantInfo: ParticipantInfo;
  lastMessage?: LastMessage | null;
  lastMessageTime: string;
  unreadCount: number;
  urgentCount: number;
  awaitingReply: boolean;
  messageCount: number;
  lastSeq: number;
  lastChange: number;
  muted: boolean;
  pinned: boolean;
  markedUnread: boolean;
  createdAt: string;
  updatedAt: string;
  canReply: boolean;
  canReplyReason?: "link_ended" | "context_closed" | "conversation_closed" | "participant_left" | null;
  participants: Participant[];
}

export interface DoneAck {
  ok: true;
}

export interface EditMessage {
  content: string;
}

export interface EditQuestion {
  title?: string;
  body?: string;
  tags?: string[];
}

export interface EmptyBody {
}

export interface EndedSessions {
  endedCount: number;
}

export interface Erase {
  reason: string;
}

export interface Erasure {
  userId: number;
  state: "planned" | "refused" | "waiting" | "finished";
  pseudonym: string | null;
  nameKept: string | null;
  removed: Removed[];
  kept: Kept[];
}

export interface Error {
  error: ErrorBody;
}

export interface ErrorBody {
  code: "VALIDATION_FAILED" | "AUTH_REQUIRED" | "SESSION_EXPIRED" | "FORBIDDEN" | "CONTEXT_ACCESS_DENIED" | "NOT_FOUND" | "CONFLICT" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_FILE" | "RATE_LIMIT_EXCEEDED" | "UNKNOWN_EVENT" | "INTERNAL" | "UNAVAILABLE";
  message: string;
  fields?: Record<string, string>;
  retryAfter?: number;
  requestId: string;
}

export interface ErrorEvent {
  message: string;
  code: string;
  event: string;
  conversationId?: number;
}

export interface ExcerptPart {
  text: string;
  match: boolean;
}

export interface Export {
  exportId: number;
  conversationId: number;
  format: "json" | "html" | "pdf" | "zip";
  state: "queued" | "running" | "ready" | "failed" | "expired";
  progress: number;
  size: number | null;
  url: string | null;
  proof: Proof | null;
  createdAt: string;
  finishedAt: string | null;
  expiresAt: string | null;
}

export interface ExportKey {
  id: string;
  publicKey: string;
  current: boolean;
}

export interface ExportKeys {
  items: ExportKey[];
}

export interface ExportProgress {
  exportId: number;
  conversationId: number;
  format: "json" | "html" | "pdf" | "zip";
  state: "queued" | "running" | "ready" | "failed" | "expired";
  progress: number;
}

export interface Features {
  forum: boolean;
}

export interface FoundQuestion {
  question: QuestionItem;
  title: ExcerptPart[];
  excerpt: ExcerptPart[];
  answerId: number | null;
}

export interface FoundQuestionPage {
  items: FoundQuestion[];
  hasMore: boolean;
  next: string | null;
}

export interface GetPresence {
  userIds: number[];
}

export interface History {
  items: OwnMessage[];
  hasMore: boolean;
  next: number | null;
}

export interface Hit {
  message: Message;
  isMine: boolean;
  excerpt: ExcerptPart[];
}

export interface HitPage {
  items: Hit[];
  hasMore: boolean;
  next: string | null;
}

export interface Hold {
  id: number;
  conversationId: number | null;
  userId: number | null;
  reason: string;
  placedBy: string;
  placedAt: string;
  releaseReason: string | null;
  releasedBy: string | null;
  releasedAt: string | null;
}

export interface HoldPage {
  items: Hold[];
  hasMore: boolean;
  next: string | null;
}

export interface JoinRoom {
  conversationId: number;
  afterSeq?: number | null;
  afterChange?: number | null;
  epoch?: string | null;
}

export interface JoinedQuestionAck {
  questionId: number;
  change: number;
  readers: number;
  ok: true;
}

export interface Kept {
  what: string;
  count: number | null;
  why: string;
  until: string | null;
  messages: number | null;
}

export interface LastFiles {
  count: number;
  kind: "image" | "voice" | "file";
}

export interface LastMessage {
  content: string;
  attachments: LastFiles | null;
  type: string;
  system?: SystemContent | null;
  senderId?: number | null;
  sentAt: string;
}

export interface Leader {
  rank: number;
  userId: number;
  name: string;
  role: string;
  points: number;
}

export interface Leaderboard {
  items: Leader[];
  hasMore: boolean;
  next: string | null;
  me: MyRank;
}

export interface Ledger {
  items: Point[];
  hasMore: boolean;
  next: string | null;
  points: number;
}

export interface LeftAck {
  conversationId: number;
  ok: true;
}

export interface LeftQuestionAck {
  questionId: number;
  ok: true;
}

export interface Limits {
  maxContentLength?: number;
  maxAttachments?: number;
  maxAttachmentBytes?: number;
  maxFrameBytes?: number;
  messageRate?: number;
  messageBurst?: number;
  eventRate?: number;
  idleMinutes?: number;
  replyHours?: number;
}

export interface LinkPerson {
  id: number;
  externalId: string | null;
  username: string;
  name: string;
}

export interface ListRoom {
}

export interface Login {
  username: string;
  password: string;
}

export interface MarkAsDelivered {
  conversationId: number;
  upToSeq: number;
}

export interface MarkAsRead {
  upToSeq?: number | null;
  conversationId: number;
}

export interface Me {
  user: OwnUser;
  sealKey: string;
}

export interface Mentor {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  headline: string;
  country: string | null;
  specialties: string[];
  languages: string[];
  availability: "available" | "limited" | "unavailable";
  answersAccepted: number;
  responseSeconds: number | null;
  online: boolean;
  hasAvatar: boolean;
  updatedAt: string;
}

export interface MentorCounts {
  total: number;
  countries: Count[];
  specialties: Count[];
  languages: Count[];
  availability: Count[];
}

export interface MentorPage {
  items: Mentor[];
  hasMore: boolean;
  next: string | null;
}

export interface MentorProfile {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  headline: string;
  country: string | null;
  specialties: string[];
  languages: string[];
  availability: "available" | "limited" | "unavailable";
  answersAccepted: number;
  responseSeconds: number | null;
  online: boolean;
  hasAvatar: boolean;
  updatedAt: string;
  bio: string;
  memberSince: string;
  conversationId: number | null;
  canMessage: boolean;
}

export interface MentorReply {
  mentor: MentorProfile;
}

export interface Message {
  id: number;
  conversationId: number;
  seq: number;
  change: number;
  clientMessageId?: string | null;
  senderId?: number | null;
  senderName?: string | null;
  senderRole?: string | null;
  type: "text" | "image" | "file" | "voice" | "system";
  content: string | Record<string, unknown>;
  attachments?: Attachment[];
  isUrgent?: boolean;
  requiresResponse?: boolean;
  action?: string | null;
  context?: Context | null;
  replyToId?: number | null;
  replyTo?: Quote | null;
  reactions?: Reaction[];
  sentAt: string;
  editedAt?: string | null;
  deletedAt?: string | null;
  status: "sent" | "delivered" | "read";
  isRead?: boolean;
  deliveredAt?: string | null;
  readAt?: string | null;
}

export interface MessageChanged {
  message: Message;
  conversationId: number;
  change: number;
}

export interface MessageCounts {
  sent: number;
  received: number;
}

export interface MessagesDelivered {
  conversationId: number;
  userId: number;
  deliveredSeq: number;
  deliveredAt: string;
}

export interface MessagesRead {
  conversationId: number;
  userId: number;
  updatedCount: number;
  readSeq: number;
  readAt: string;
}

export interface Moderate {
  removed: boolean;
  reason: string;
}

export interface MyRank {
  rank: number | null;
  points: number;
}

export interface NewMessage {
  message: Message;
  conversationId: number;
}

export interface NewMessageFields {
  content: string;
  clientMessageId?: string | null;
  type?: "text" | "image" | "file" | "voice";
  attachmentIds?: number[];
  isUrgent?: boolean;
  requiresResponse?: boolean;
  action?: string | null;
  replyToId?: number | null;
}

export interface NewTicket {
  thumbnail?: boolean;
}

export interface Notification {
  id: number;
  kind: "new_message" | "urgent" | "context_changed" | "export_ready" | "conversation_opened";
  conversationId: number | null;
  subject: Subject | null;
  actor: Actor | null;
  count: number;
  since: string;
  createdAt: string;
  read: boolean;
  readAt: string | null;
}

export interface NotificationEvent {
  notification: Notification;
}

export interface NotificationPage {
  items: Notification[];
  hasMore: boolean;
  next: string | null;
}

export interface NotificationRead {
  read: boolean;
}

export interface OpenConversation {
  participantId: number;
  context?: ContextReference | null;
}

export interface OpenSession {
  contextType: string;
  contextId: string;
}

export interface Opened {
  conversation: Conversation;
  created: boolean;
}

export interface OwnMessage {
  id: number;
  conversationId: number;
  seq: number;
  change: number;
  clientMessageId?: string | null;
  senderId?: number | null;
  senderName?: string | null;
  senderRole?: string | null;
  type: "text" | "image" | "file" | "voice" | "system";
  content: string | Record<string, unknown>;
  attachments?: Attachment[];
  isUrgent?: boolean;
  requiresResponse?: boolean;
  action?: string | null;
  context?: Context | null;
  replyToId?: number | null;
  replyTo?: Quote | null;
  reactions?: Reaction[];
  sentAt: string;
  editedAt?: string | null;
  deletedAt?: string | null;
  status: "sent" | "delivered" | "read";
  isRead?: boolean;
  deliveredAt?: string | null;
  readAt?: string | null;
  isMine: boolean;
}

export interface OwnUser {
  id: number;
  externalId: string | null;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
  email: string | null;
}

export interface Participant {
  userId: number;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
  readSeq: number;
  deliveredSeq: number;
  unreadCount: number;
}

export interface ParticipantInfo {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
  email?: string | null;
  online: boolean;
}

export interface ParticipantState {
  userId: number;
  role: string;
  readSeq: number;
  deliveredSeq: number;
  online: boolean;
}

export interface Permission {
  allowed: boolean;
  reason: string | null;
}

export interface Permissions {
  contextType: string;
  contextId: string;
  version: number | null;
  userId: number;
  userType: string;
  conversationId: number | null;
  actions: Record<string, Permission>;
}

export interface PermissionsReply {
  permissions: Permissions;
}

export interface Person {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
  email: string | null;
  online: boolean;
  conversationId: number | null;
}

export interface PersonPage {
  items: Person[];
  hasMore: boolean;
  next: string | null;
}

export interface PlaceHold {
  conversationId?: number;
  userId?: number;
  reason: string;
}

export interface Point {
  id: number;
  kind: "answer_upvoted" | "question_upvoted" | "answer_accepted" | "accepting" | "downvoted";
  amount: number;
  questionId: number;
  questionTitle: string | null;
  answerId: number | null;
  at: string;
}

export interface Position {
  seq: number;
  change: number;
}

export interface PostVersion {
  version: number;
  title: string | null;
  body: string;
  tags: string[] | null;
  replacedAt: string;
}

export interface PostVersions {
  items: PostVersion[];
}

export interface Preferences {
  push: boolean;
  email: boolean;
  silentKinds: string[];
  urgentAlways: boolean;
  quietHours: QuietHoursReply | null;
  language: "fr" | "en" | null;
}

export interface PresenceChanged {
  userId: number;
  online: boolean;
  lastSeenAt: string | null;
}

export interface PresenceReplyAck {
  presence: PresenceState[];
  ok: true;
}

export interface PresenceState {
  userId: number;
  online: boolean;
  lastSeenAt: string | null;
}

export interface PresentContext {
  type: string;
  id: string;
  version?: number | null;
  title: string;
  state: "active" | "closed";
}

export interface Preview {
  bodyHtml: string;
}

export interface Proof {
  manifest: string;
  signature: string;
  publicKey: string;
}

export interface PushKey {
  publicKey: string | null;
}

export interface PushKeys {
  p256dh: string;
  auth: string;
}

export interface PutCareLink {
  patientId?: number;
  patientExternalId?: string;
  doctorId?: number;
  doctorExternalId?: string;
  until?: string | null;
}

export interface PutCareLinkReply {
  link: CareLink;
  created: boolean;
}

export interface PutContext {
  type: string;
  version: number;
  title: string;
  state?: "active" | "closed";
  patientId?: number;
  patientExternalId?: string;
  doctorId?: number;
  doctorExternalId?: string;
}

export interface PutContextReply {
  context: AdminContext;
  created: boolean;
}

export interface PutUser {
  username: string;
  firstName: string;
  lastName: string;
  email?: string | null;
  role: "patient" | "medecin" | "mentor" | "member" | "admin";
  disabled?: boolean;
}

export interface PutUserReply {
  user: User;
  created: boolean;
}

export interface Question {
  myVote: -1 | 0 | 1;
  isMine: boolean;
  score: number;
  upCount: number;
  downCount: number;
  id: number;
  title: string;
  tags: string[];
  author: Author;
  answerCount: number;
  acceptedAnswerId: number | null;
  change: number;
  createdAt: string;
  editedAt: string | null;
  activityAt: string;
  body: string;
  bodyHtml: string;
  version: number;
  deletedAt: string | null;
  canEdit: boolean;
  canDelete: boolean;
  canAccept: boolean;
  canVote: boolean;
}

export interface QuestionCounts {
  id: number;
  change: number;
  score: number;
  upCount: number;
  downCount: number;
  answerCount: number;
  acceptedAnswerId: number | null;
  activityAt: string;
}

export interface QuestionCreated {
  question: QuestionHead;
}

export interface QuestionHead {
  score: number;
  upCount: number;
  downCount: number;
  id: number;
  title: string;
  tags: string[];
  author: Author;
  answerCount: number;
  acceptedAnswerId: number | null;
  change: number;
  createdAt: string;
  editedAt: string | null;
  activityAt: string;
  excerpt: string;
}

export interface QuestionItem {
  myVote: -1 | 0 | 1;
  isMine: boolean;
  score: number;
  upCount: number;
  downCount: number;
  id: number;
  title: string;
  tags: string[];
  author: Author;
  answerCount: number;
  acceptedAnswerId: number | null;
  change: number;
  createdAt: string;
  editedAt: string | null;
  activityAt: string;
  excerpt: string;
}

export interface QuestionItemPage {
  items: QuestionItem[];
  hasMore: boolean;
  next: string | null;
}

export interface QuestionReply {
  question: Question;
}

export interface QuestionRoom {
  questionId: number;
}

export interface QuestionText {
  score: number;
  upCount: number;
  downCount: number;
  id: number;
  title: string;
  tags: string[];
  author: Author;
  answerCount: number;
  acceptedAnswerId: number | null;
  change: number;
  createdAt: string;
  editedAt: string | null;
  activityAt: string;
  body: string;
  bodyHtml: string;
  version: number;
  deletedAt: string | null;
}

export interface QuestionUpdated {
  questionId: number;
  change: number;
  question: QuestionText;
}

export interface QuestionsCounted {
  questions: QuestionCounts[];
}

export interface QuietHours {
  from: string;
  to: string;
  timeZone: string;
}

export interface QuietHoursReply {
  from: string;
  to: string;
  timeZone: string;
}

export interface Quote {
  id: number;
  seq: number;
  senderId: number | null;
  senderName: string | null;
  type: "text" | "image" | "file" | "voice" | "system";
  excerpt: string;
  deleted: boolean;
}

export interface Reached {
  seq: number;
  change: number;
}

export interface React {
  emoji: string;
  messageId: number;
}

export interface Reacted {
  message: Message;
  changed: boolean;
}

export interface ReactedAck {
  message: Message;
  changed: boolean;
  ok: true;
}

export interface Reaction {
  emoji: string;
  count: number;
  userIds: number[];
}

export interface ReactionBody {
  emoji: string;
}

export interface Read {
  upToSeq?: number | null;
}

export interface ReadFlag {
  isRead?: boolean;
}

export interface ReadResult {
  updatedCount: number;
  unreadCount: number;
}

export interface ReadResultAck {
  updatedCount: number;
  unreadCount: number;
  ok: true;
}

export interface RealAuthor {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
}

export interface RealAuthorReply {
  author: RealAuthor;
}

export interface RefreshToken {
  token: string;
}

export interface Refused {
  ok: false;
  error: ErrorBody;
}

export interface ReleaseHold {
  reason: string;
}

export interface Removed {
  what: string;
  count: number | null;
}

export interface RenewedAck {
  expiresIn: number;
  ok: true;
}

export interface ReplyTimes {
  replies: number;
  medianSeconds: number | null;
  p90Seconds: number | null;
}

export interface Report {
  reason: "spam" | "abuse" | "privacy" | "dangerous" | "other";
  details?: string | null;
}

export interface Reported {
  reportId: number;
}

export interface Reporter {
  id: number;
  name: string;
}

export interface Retained {
  conversationId: number;
  kind: string;
  messages: number;
  silentSince: string;
  endsAt: string | null;
  shreddedAt: string | null;
}

export interface RetainedPage {
  items: Retained[];
  hasMore: boolean;
  next: string | null;
}

export interface Retention {
  archiveDays: number;
  aroundDays: number;
  runsHere: boolean;
  everySeconds: number;
  job: RetentionJob | null;
  kinds: RetentionOfKind[];
  shredded: ShreddedOnDay[];
  next: string | null;
}

export interface RetentionAmount {
  conversations: number;
  messages: number;
}

export interface RetentionJob {
  running: boolean;
  startedAt: string | null;
  finishedAt: string | null;
  dueAt: string;
}

export interface RetentionOfKind {
  kind: string;
  days: number;
  due: RetentionAmount;
  held: RetentionAmount;
  soon: RetentionAmount;
}

export interface Room {
  conversationId: number;
}

export interface RoomJoined {
  conversationId: number;
  lastSeq: number;
}

export interface RoomLeft {
  conversationId: number;
  reason: "left" | "removed";
}

export interface Said {
  fr: string;
  en: string;
}

export interface SendInContext {
  contextType: string;
  contextId: string;
  content: string;
  clientMessageId?: string | null;
  type?: "text" | "image" | "file" | "voice";
  attachmentIds?: number[];
  isUrgent?: boolean;
  requiresResponse?: boolean;
  action?: string | null;
  replyToId?: number | null;
}

export interface SendMessage {
  content: string;
  clientMessageId?: string | null;
  type?: "text" | "image" | "file" | "voice";
  attachmentIds?: number[];
  isUrgent?: boolean;
  requiresResponse?: boolean;
  action?: string | null;
  replyToId?: number | null;
  conversationId: number;
}

export interface Sent {
  message: Message;
  duplicate: boolean;
}

export interface SentAck {
  message: Message;
  duplicate: boolean;
  ok: true;
}

export interface Session {
  id: string;
  current: boolean;
  device: string | null;
  address: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
}

export interface SessionExpired {
  code: "SESSION_EXPIRED" | "TOO_MANY_SOCKETS";
}

export interface SessionPage {
  items: Session[];
  hasMore: boolean;
  next: string | null;
}

export interface SettleConversation {
  status?: "active" | "archived" | "closed";
  muted?: boolean;
  pinned?: boolean;
  markedUnread?: boolean;
}

export interface SettleReport {
  decision: "removed" | "dismissed";
  note?: string | null;
}

export interface ShreddedOnDay {
  day: string;
  kind: string;
  conversations: number;
}

export interface SignedIn {
  accessToken: string;
  expiresIn: number;
  user: OwnUser;
}

export interface SimilarQuestion {
  id: number;
  title: string;
  score: number;
  answerCount: number;
  acceptedAnswerId: number | null;
}

export interface SimilarQuestions {
  items: SimilarQuestion[];
}

export interface Stats {
  connections: number;
  users: number;
  multipleConnections: number;
  connectionDetails: Record<string, number>;
  rooms: number;
  nodes: number;
}

export interface StatsReplyAck {
  stats: Stats;
  ok: true;
}

export interface StatsRequest {
  subscribe?: boolean;
}

export interface Subject {
  type: string;
  id: string;
}

export interface Subscribe {
  endpoint: string;
  keys: PushKeys;
  expirationTime?: number | null;
}

export interface Subscribed {
  id: number;
}

export interface Sync {
  epoch?: string | null;
  positions: Record<string, Position>;
}

export interface SyncResultAck {
  conversations: Record<string, Update>;
  gone: number[];
  others: Conversation[];
  hasMore: boolean;
  ok: true;
}

export interface SystemContent {
  code: string;
  params: Record<string, unknown>;
}

export interface TagCount {
  tag: string;
  count: number;
}

export interface TagCounts {
  items: TagCount[];
}

export interface Ticket {
  url: string;
  expiresIn: number;
}

export interface TokenExpiring {
  expiresIn: number;
}

export interface Typing {
  conversationId: number;
  userId: number;
}

export interface TypingReplyAck {
  ok: true;
}

export interface TypingRequest {
  conversationId: number;
}

export interface UnreadCount {
  unreadCount: number;
}

export interface Update {
  conversationId: number;
  lastSeq: number;
  lastChange: number;
  messages: Message[];
  changes: Message[];
  position: Reached;
  hasMore: boolean;
  resync: boolean;
  participants: ParticipantState[];
}

export interface UpdateAck {
  conversationId: number;
  lastSeq: number;
  lastChange: number;
  messages: Message[];
  changes: Message[];
  position: Reached;
  hasMore: boolean;
  resync: boolean;
  participants: ParticipantState[];
  ok: true;
}

export interface Uploaded {
  attachment: Attachment;
}

export interface User {
  id: number;
  externalId: string | null;
  username: string;
  firstName: string;
  lastName: string;
  role: string;
  email: string | null;
  disabled: boolean;
  hasPassword: boolean;
  lastSeenAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface UserPage {
  items: User[];
  hasMore: boolean;
  next: string | null;
}

export interface UserReply {
  user: User;
}

export interface UserStats {
  userId: number;
  userType: string;
  from: string;
  to: string;
  messages: MessageCounts;
  responseTimes: ReplyTimes;
  conversations: ConversationCounts;
  countedUntil: string | null;
}

export interface Vote {
  value: 1 | 0 | -1;
}

export interface VoteChanged {
  questionId: number;
  answerId: number | null;
  change: number;
  score: number;
  upCount: number;
  downCount: number;
}

export interface VoteState {
  questionId: number;
  answerId: number | null;
  change: number;
  score: number;
  upCount: number;
  downCount: number;
  myVote: number;
}

export interface ClientEvents {
  "join_room": { data: JoinRoom; ack: UpdateAck };
  "leave_room": { data: Room; ack: LeftAck };
  "sync": { data: Sync; ack: SyncResultAck };
  "send_message": { data: SendMessage; ack: SentAck };
  "add_reaction": { data: React; ack: ReactedAck };
  "remove_reaction": { data: React; ack: ReactedAck };
  "mark_as_read": { data: MarkAsRead; ack: ReadResultAck };
  "mark_as_delivered": { data: MarkAsDelivered; ack: DeliveredResultAck };
  "typing_start": { data: TypingRequest; ack: TypingReplyAck };
  "typing_stop": { data: TypingRequest; ack: TypingReplyAck };
  "get_presence": { data: GetPresence; ack: PresenceReplyAck };
  "join_question": { data: QuestionRoom; ack: JoinedQuestionAck };
  "leave_question": { data: QuestionRoom; ack: LeftQuestionAck };
  "join_questions": { data: ListRoom; ack: DoneAck };
  "leave_questions": { data: ListRoom; ack: DoneAck };
  "answer_typing_start": { data: QuestionRoom; ack: DoneAck };
  "answer_typing_stop": { data: QuestionRoom; ack: DoneAck };
  "connection_stats": { data: StatsRequest; ack: StatsReplyAck };
  "refresh_token": { data: RefreshToken; ack: RenewedAck };
}

export interface ServerEvents {
  "connection_established": ConnectionEstablished;
  "room_joined": RoomJoined;
  "room_left": RoomLeft;
  "new_message": NewMessage;
  "message_updated": MessageChanged;
  "message_deleted": MessageChanged;
  "reactions_changed": MessageChanged;
  "messages_read": MessagesRead;
  "messages_delivered": MessagesDelivered;
  "typing_start": Typing;
  "typing_stop": Typing;
  "conversation_created": ConversationEvent;
  "conversation_updated": ConversationEvent;
  "conversation_opened": ConversationOpened;
  "unread_count": UnreadCount;
  "presence_changed": PresenceChanged;
  "connection_stats": ConnectionStats;
  "export_progress": ExportProgress;
  "archive_progress": ArchiveProgress;
  "notification": NotificationEvent;
  "question_created": QuestionCreated;
  "question_updated": QuestionUpdated;
  "questions_counted": QuestionsCounted;
  "answer_created": AnswerEvent;
  "answer_updated": AnswerEvent;
  "vote_changed": VoteChanged;
  "answer_accepted": AnswerAccepted;
  "answer_typing_start": AnswerTyping;
  "answer_typing_stop": AnswerTyping;
  "token_expiring": TokenExpiring;
  "session_expired": SessionExpired;
  "error": ErrorEvent;
}

export interface Endpoints {
  "POST /api/auth/login": { path: Nothing; query: Nothing; body: Login; reply: SignedIn };
  "POST /api/auth/refresh": { path: Nothing; query: Nothing; body: EmptyBody; reply: SignedIn };
  "POST /api/auth/logout": { path: Nothing; query: Nothing; body: EmptyBody; reply: Nothing };
  "POST /api/auth/password": { path: Nothing; query: Nothing; body: ChangePassword; reply: Nothing };
  "GET /api/auth/me": { path: Nothing; query: Nothing; body: Nothing; reply: Me };
  "GET /api/auth/sessions": { path: Nothing; query: { limit?: string | number; before?: string | number }; body: Nothing; reply: SessionPage };
  "DELETE /api/auth/sessions/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Nothing };
  "POST /api/messaging/conversations": { path: Nothing; query: Nothing; body: OpenConversation; reply: Opened };
  "GET /api/messaging/conversations": { path: Nothing; query: { limit?: string | number; before?: string | number; status?: "active" | "archived" | "closed" | "all"; kind?: "care" | "contextual" | "mentoring"; q?: string | number; urgent?: boolean; awaitingReply?: boolean; sort?: "activity" | "urgent" }; body: Nothing; reply: ConversationPage };
  "GET /api/messaging/attention": { path: Nothing; query: Nothing; body: Nothing; reply: Attention };
  "GET /api/messaging/conversations/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: ConversationDetail };
  "PATCH /api/messaging/conversations/{id}": { path: { id: string | number }; query: Nothing; body: SettleConversation; reply: ConversationDetail };
  "GET /api/messaging/context-types": { path: Nothing; query: Nothing; body: Nothing; reply: ContextTypePage };
  "POST /api/messaging/sessions": { path: Nothing; query: Nothing; body: OpenSession; reply: Opened };
  "PATCH /api/messaging/sessions/{id}/archive": { path: { id: string | number }; query: Nothing; body: ArchiveSession; reply: ConversationDetail };
  "GET /api/messaging/history/{contextType}/{contextId}": { path: { contextType: string | number; contextId: string | number }; query: { limit?: string | number; beforeSeq?: string | number; afterSeq?: string | number; markRead?: boolean }; body: Nothing; reply: History };
  "POST /api/messaging/send": { path: Nothing; query: Nothing; body: SendInContext; reply: Sent };
  "GET /api/messaging/permissions/{contextType}/{contextId}/{userType}/{userId}": { path: { contextType: string | number; contextId: string | number; userType: "patient" | "medecin" | "mentor" | "member" | "admin"; userId: string | number }; query: Nothing; body: Nothing; reply: PermissionsReply };
  "POST /api/messaging/conversations/{id}/messages": { path: { id: string | number }; query: Nothing; body: NewMessageFields; reply: Sent };
  "GET /api/messaging/conversations/{id}/messages": { path: { id: string | number }; query: { limit?: string | number; beforeSeq?: string | number; afterSeq?: string | number; markRead?: boolean }; body: Nothing; reply: History };
  "PATCH /api/messaging/messages/{id}": { path: { id: string | number }; query: Nothing; body: EditMessage; reply: ChangedMessage };
  "DELETE /api/messaging/messages/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: ChangedMessage };
  "POST /api/messaging/messages/{id}/reactions": { path: { id: string | number }; query: Nothing; body: ReactionBody; reply: Reacted };
  "DELETE /api/messaging/messages/{id}/reactions": { path: { id: string | number }; query: { emoji: string | number }; body: Nothing; reply: Reacted };
  "POST /api/messaging/attachments": { path: Nothing; query: Nothing; body: FormData; reply: Uploaded };
  "GET /api/messaging/attachments/{id}": { path: { id: string | number }; query: { thumbnail?: boolean }; body: Nothing; reply: Blob };
  "POST /api/messaging/attachments/{id}/ticket": { path: { id: string | number }; query: Nothing; body: NewTicket; reply: Ticket };
  "GET /api/messaging/attachments/{id}/content": { path: { id: string | number }; query: { ticket: string | number }; body: Nothing; reply: Blob };
  "GET /api/messaging/messages/search": { path: Nothing; query: { q: string | number; conversationId?: string | number; limit?: string | number; before?: string | number }; body: Nothing; reply: HitPage };
  "POST /api/messaging/conversations/{id}/read": { path: { id: string | number }; query: Nothing; body: Read; reply: ReadResult };
  "PATCH /api/messaging/messages/{id}/read": { path: { id: string | number }; query: Nothing; body: ReadFlag; reply: ReadResult };
  "GET /api/messaging/unread-count": { path: Nothing; query: Nothing; body: Nothing; reply: UnreadCount };
  "POST /api/messaging/conversations/{id}/exports": { path: { id: string | number }; query: Nothing; body: AskForExport; reply: AskedForExport };
  "GET /api/messaging/exports/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Export };
  "GET /api/messaging/exports/{id}/file": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Blob };
  "GET /api/messaging/export/{contextType}/{contextId}": { path: { contextType: string | number; contextId: string | number }; query: { format?: "json" | "html" }; body: Nothing; reply: Blob };
  "GET /api/messaging/export-keys": { path: Nothing; query: Nothing; body: Nothing; reply: ExportKeys };
  "POST /api/messaging/archives": { path: Nothing; query: Nothing; body: AskForOwnArchive; reply: AskedForArchive };
  "GET /api/messaging/archives": { path: Nothing; query: { limit?: string | number; before?: string | number }; body: Nothing; reply: ArchivePage };
  "GET /api/messaging/archives/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Archive };
  "GET /api/messaging/archives/{id}/file": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Blob };
  "POST /api/admin/users/{id}/archives": { path: { id: string | number }; query: Nothing; body: AskForArchive; reply: AskedForArchive };
  "GET /api/admin/users/{id}/erasure": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Erasure };
  "POST /api/admin/users/{id}/erasure": { path: { id: string | number }; query: Nothing; body: Erase; reply: Erasure };
  "GET /api/messaging/notifications/{userType}/{userId}": { path: { userType: "patient" | "medecin" | "mentor" | "member" | "admin"; userId: string | number }; query: { limit?: string | number; before?: string | number; unread?: boolean }; body: Nothing; reply: NotificationPage };
  "PATCH /api/messaging/notifications/{id}": { path: { id: string | number }; query: Nothing; body: NotificationRead; reply: Notification };
  "GET /api/messaging/notification-preferences": { path: Nothing; query: Nothing; body: Nothing; reply: Preferences };
  "PATCH /api/messaging/notification-preferences": { path: Nothing; query: Nothing; body: ChangePreferences; reply: Preferences };
  "GET /api/messaging/push-key": { path: Nothing; query: Nothing; body: Nothing; reply: PushKey };
  "POST /api/messaging/push-subscriptions": { path: Nothing; query: Nothing; body: Subscribe; reply: Subscribed };
  "DELETE /api/messaging/push-subscriptions/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Nothing };
  "GET /api/messaging/search-users": { path: Nothing; query: { limit?: string | number; before?: string | number; role?: "patient" | "medecin" | "mentor" | "member" | "admin"; q?: string | number }; body: Nothing; reply: PersonPage };
  "GET /api/messaging/available-users": { path: Nothing; query: { limit?: string | number; before?: string | number; role?: "patient" | "medecin" | "mentor" | "member" | "admin" }; body: Nothing; reply: PersonPage };
  "GET /api/mentors": { path: Nothing; query: { limit?: string | number; before?: string | number; q?: string | number; country?: string | number; specialty?: string | number; language?: string | number; availability?: "available" | "limited" | "unavailable" }; body: Nothing; reply: MentorPage };
  "GET /api/mentors/counts": { path: Nothing; query: { q?: string | number; country?: string | number; specialty?: string | number; language?: string | number; availability?: "available" | "limited" | "unavailable" }; body: Nothing; reply: MentorCounts };
  "GET /api/mentors/me": { path: Nothing; query: Nothing; body: Nothing; reply: MentorReply };
  "PATCH /api/mentors/me": { path: Nothing; query: Nothing; body: ChangeMentor; reply: MentorReply };
  "PUT /api/mentors/me/avatar": { path: Nothing; query: Nothing; body: FormData; reply: MentorReply };
  "DELETE /api/mentors/me/avatar": { path: Nothing; query: Nothing; body: Nothing; reply: MentorReply };
  "GET /api/mentors/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: MentorReply };
  "GET /api/mentors/{id}/avatar": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Blob };
  "GET /api/questions/search": { path: Nothing; query: { tag?: string | number; unanswered?: boolean; mine?: boolean; before?: string | number; q: string | number; limit?: string | number }; body: Nothing; reply: FoundQuestionPage };
  "GET /api/questions/similar": { path: Nothing; query: { title: string | number; limit?: string | number }; body: Nothing; reply: SimilarQuestions };
  "GET /api/questions": { path: Nothing; query: { tag?: string | number; unanswered?: boolean; mine?: boolean; before?: string | number; sort?: "newest" | "votes" | "activity"; limit?: string | number }; body: Nothing; reply: QuestionItemPage };
  "POST /api/questions": { path: Nothing; query: Nothing; body: Ask; reply: Asked };
  "GET /api/questions/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: QuestionReply };
  "PATCH /api/questions/{id}": { path: { id: string | number }; query: Nothing; body: EditQuestion; reply: QuestionReply };
  "DELETE /api/questions/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Nothing };
  "GET /api/questions/{id}/versions": { path: { id: string | number }; query: Nothing; body: Nothing; reply: PostVersions };
  "GET /api/tags": { path: Nothing; query: { q?: string | number; limit?: string | number }; body: Nothing; reply: TagCounts };
  "POST /api/questions/preview": { path: Nothing; query: Nothing; body: Body; reply: Preview };
  "GET /api/questions/{id}/answers": { path: { id: string | number }; query: { sort?: "votes" | "newest" | "oldest"; limit?: string | number; before?: string | number }; body: Nothing; reply: AnswerPage };
  "POST /api/questions/{id}/answers": { path: { id: string | number }; query: Nothing; body: AnswerQuestion; reply: Answered };
  "PATCH /api/answers/{id}": { path: { id: string | number }; query: Nothing; body: Body; reply: AnswerReply };
  "DELETE /api/answers/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: Nothing };
  "GET /api/answers/{id}/versions": { path: { id: string | number }; query: Nothing; body: Nothing; reply: PostVersions };
  "POST /api/answers/{id}/accept": { path: { id: string | number }; query: Nothing; body: EmptyBody; reply: QuestionReply };
  "DELETE /api/answers/{id}/accept": { path: { id: string | number }; query: Nothing; body: Nothing; reply: QuestionReply };
  "POST /api/questions/{id}/vote": { path: { id: string | number }; query: Nothing; body: Vote; reply: VoteState };
  "POST /api/answers/{id}/vote": { path: { id: string | number }; query: Nothing; body: Vote; reply: VoteState };
  "GET /api/leaderboard": { path: Nothing; query: { period?: "all" | "month"; limit?: string | number; before?: string | number }; body: Nothing; reply: Leaderboard };
  "GET /api/points": { path: Nothing; query: { limit?: string | number; before?: string | number }; body: Nothing; reply: Ledger };
  "POST /api/questions/{id}/report": { path: { id: string | number }; query: Nothing; body: Report; reply: Reported };
  "POST /api/answers/{id}/report": { path: { id: string | number }; query: Nothing; body: Report; reply: Reported };
  "GET /api/admin/reports": { path: Nothing; query: { limit?: string | number; before?: string | number; status?: "open" | "settled" }; body: Nothing; reply: AdminReportPage };
  "PATCH /api/admin/reports/{id}": { path: { id: string | number }; query: Nothing; body: SettleReport; reply: AdminReportReply };
  "PATCH /api/admin/questions/{id}": { path: { id: string | number }; query: Nothing; body: Moderate; reply: Nothing };
  "PATCH /api/admin/answers/{id}": { path: { id: string | number }; query: Nothing; body: Moderate; reply: Nothing };
  "GET /api/admin/questions/{id}/author": { path: { id: string | number }; query: Nothing; body: Nothing; reply: RealAuthorReply };
  "GET /api/messaging/stats": { path: Nothing; query: Nothing; body: Nothing; reply: Stats };
  "GET /api/messaging/stats/{userType}/{userId}": { path: { userType: "patient" | "medecin" | "mentor" | "member" | "admin"; userId: string | number }; query: { days?: string | number }; body: Nothing; reply: UserStats };
  "GET /api/messaging/conversations/{id}/access-log": { path: { id: string | number }; query: { limit?: string | number; before?: string | number }; body: Nothing; reply: AccessPage };
  "POST /api/admin/conversations/{id}/break-glass": { path: { id: string | number }; query: Nothing; body: BreakGlass; reply: BrokenGlass };
  "GET /api/admin/conversations/{id}/messages": { path: { id: string | number }; query: { limit?: string | number; beforeSeq?: string | number }; body: Nothing; reply: History };
  "GET /api/admin/users": { path: Nothing; query: { limit?: string | number; before?: string | number; role?: "patient" | "medecin" | "mentor" | "member" | "admin"; q?: string | number; disabled?: boolean }; body: Nothing; reply: UserPage };
  "POST /api/admin/users": { path: Nothing; query: Nothing; body: CreateUser; reply: UserReply };
  "GET /api/admin/users/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: UserReply };
  "PATCH /api/admin/users/{id}": { path: { id: string | number }; query: Nothing; body: ChangeUser; reply: UserReply };
  "PUT /api/admin/users/{id}": { path: { id: string | number }; query: Nothing; body: PutUser; reply: PutUserReply };
  "GET /api/admin/users/{id}/sessions": { path: { id: string | number }; query: { limit?: string | number; before?: string | number }; body: Nothing; reply: SessionPage };
  "DELETE /api/admin/users/{id}/sessions": { path: { id: string | number }; query: Nothing; body: Nothing; reply: EndedSessions };
  "DELETE /api/admin/users/{id}/sessions/{sessionId}": { path: { id: string | number; sessionId: string | number }; query: Nothing; body: Nothing; reply: Nothing };
  "GET /api/admin/care-links": { path: Nothing; query: { limit?: string | number; before?: string | number; patientId?: string | number; doctorId?: string | number; active?: boolean }; body: Nothing; reply: CareLinkPage };
  "PUT /api/admin/care-links/{id}": { path: { id: string | number }; query: Nothing; body: PutCareLink; reply: PutCareLinkReply };
  "DELETE /api/admin/care-links/{id}": { path: { id: string | number }; query: Nothing; body: Nothing; reply: CareLinkReply };
  "GET /api/admin/contexts": { path: Nothing; query: { limit?: string | number; before?: string | number; type?: string | number; patientId?: string | number; doctorId?: string | number; closed?: boolean }; body: Nothing; reply: AdminContextPage };
  "PUT /api/admin/contexts/{id}": { path: { id: string | number }; query: Nothing; body: PutContext; reply: PutContextReply };
  "DELETE /api/admin/contexts/{id}": { path: { id: string | number }; query: { type: string | number }; body: Nothing; reply: AdminContextReply };
  "GET /api/admin/conversations/{id}/participants": { path: { id: string | number }; query: Nothing; body: Nothing; reply: AdminParticipants };
  "DELETE /api/admin/conversations/{id}/participants/{userId}": { path: { id: string | number; userId: string | number }; query: Nothing; body: Nothing; reply: AdminParticipants };
  "PUT /api/admin/conversations/{id}/participants/{userId}": { path: { id: string | number; userId: string | number }; query: Nothing; body: Nothing; reply: AdminParticipants };
  "GET /api/admin/legal-holds": { path: Nothing; query: { limit?: string | number; before?: string | number; all?: boolean }; body: Nothing; reply: HoldPage };
  "POST /api/admin/legal-holds": { path: Nothing; query: Nothing; body: PlaceHold; reply: Hold };
  "POST /api/admin/legal-holds/{id}/release": { path: { id: string | number }; query: Nothing; body: ReleaseHold; reply: Hold };
  "GET /api/admin/retention": { path: Nothing; query: { after?: string | number }; body: Nothing; reply: Retention };
  "GET /api/admin/retention/conversations": { path: Nothing; query: { after?: string | number; limit?: string | number; state?: "due" | "held" | "soon" | "shredded" }; body: Nothing; reply: RetainedPage };
}
