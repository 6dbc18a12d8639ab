import { Component, type ReactNode } from "react";
import { say } from "@/i18n";
import { Button, EmptyState, uiTexts } from "@/ui";
import { appTexts } from "./texts";

interface Known {
  failed: boolean;
  place: string;
}

/** What failed is the part inside, often because a new version is on the server: the rest stays usable. */
export class PartFailed extends Component<{ place: string; children: ReactNode }, Known> {
  override state: Known = { failed: false, place: this.props.place };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  /** Elsewhere it may go well. */
  static getDerivedStateFromProps({ place }: { place: string }, known: Known): Known | null {
    return place === known.place ? null : { failed: false, place };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert">
        <EmptyState
          title={say(appTexts, "failed")}
          action={<Button onClick={() => window.location.reload()}>{say(uiTexts, "retry")}</Button>}
        />
      </div>
    );
  }
}
