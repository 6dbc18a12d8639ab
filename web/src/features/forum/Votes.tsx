import { ChevronDown, ChevronUp } from "lucide-react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Answer, Question } from "@/sdk/contract";
import { Hidden, IconButton, toast } from "@/ui";
import styles from "./Forum.module.css";
import { forumTexts } from "./texts";
import type { Live } from "./thread";

export interface VotesProps {
  post: Question | Answer;
  apply: (live: Live) => void;
}

export function Votes({ post, apply }: VotesProps) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();

  async function vote(value: 1 | -1) {
    const wanted = { path: { id: post.id }, body: { value: post.myVote === value ? (0 as const) : value } };
    try {
      const state =
        "questionId" in post
          ? await rest.call("POST /api/answers/{id}/vote", wanted)
          : await rest.call("POST /api/questions/{id}/vote", wanted);
      apply({ type: "voted", change: state.change, vote: state });
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
    }
  }

  return (
    <div className={styles.votes}>
      <IconButton label={t("up")} aria-pressed={post.myVote === 1} disabled={!post.canVote} onClick={() => void vote(1)}>
        <ChevronUp size={24} aria-hidden="true" />
      </IconButton>
      <span className={styles.score} data-score={post.score}>
        <span aria-hidden="true">{post.score}</span>
        <Hidden>{t("scoreNow", { score: post.score })}</Hidden>
      </span>
      <IconButton label={t("down")} aria-pressed={post.myVote === -1} disabled={!post.canVote} onClick={() => void vote(-1)}>
        <ChevronDown size={24} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
