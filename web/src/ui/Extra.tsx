import { Component, type ReactNode, Suspense } from "react";
import { say } from "@/i18n";
import { renewParts } from "./part";
import { uiTexts } from "./texts";
import { toast } from "./Toast";

export interface ExtraProps {
  /** It is not there; what opened it knows best what follows. */
  close: () => void;
  fallback?: ReactNode;
  children: ReactNode;
}

/**
 * Around what opens over the rest and is loaded when it is first needed: without a network, or with a new version on the server,
 * it may not come. Then one is told, and the rest stays as it is.
 */
export class Extra extends Component<ExtraProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch() {
    renewParts();
    toast(say(uiTexts, "failed"));
    this.props.close();
  }

  override render() {
    const { fallback = null, children } = this.props;
    return this.state.failed ? null : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}
