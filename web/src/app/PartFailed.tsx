import { Component, type ReactNode } from "react";
import { Link } from "wouter";
import { say } from "@/i18n";
import { Button, EmptyState, Inline, renewParts, uiTexts } from "@/ui";
import { appTexts } from "./texts";

interface Props {
  place: string;
  /** The way back from where nothing else on a phone leads elsewhere. */
  home?: string;
  children: ReactNode;
}

interface Known {
  failed: boolean;
  place: string;
}

/** What failed is the part inside, often because a new version is on the server: the rest stays usable. */
export class PartFailed extends Component<Props, Known> {
  override state: Known = { failed: false, place: this.props.place };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  /** Elsewhere it may go well. */
  static getDerivedStateFromProps({ place }: { place: string }, known: Known): Known | null {
    return place === known.place ? null : { failed: false, place };
  }

  /** Whoever comes again finds it asked for again. */
  override componentDidCatch() {
    renewParts();
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert">
        <EmptyState
          title={say(appTexts, "failed")}
          action={
            <Inline>
              <Button onClick={() => window.location.reload()}>{say(uiTexts, "retry")}</Button>
              {this.props.home !== undefined && <Link href={this.props.home}>{say(appTexts, "home")}</Link>}
            </Inline>
          }
        />
      </div>
    );
  }
}
