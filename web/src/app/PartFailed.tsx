import { Component, type ReactNode } from "react";
import { say } from "@/i18n";
import { Button, EmptyState, uiTexts } from "@/ui";
import { appTexts } from "./texts";

/** What failed is the part inside, often because a new version is on the server: the rest stays usable. */
export class PartFailed extends Component<{ place: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  /** Elsewhere it may go well. */
  override componentDidUpdate(before: { place: string }) {
    if (this.state.failed && before.place !== this.props.place) this.setState({ failed: false });
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
