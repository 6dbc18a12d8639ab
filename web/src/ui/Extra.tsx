import { Component, type ComponentType, createElement, lazy, type ReactNode, Suspense } from "react";
import { say } from "@/i18n";
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
    renewFailed();
    toast(say(uiTexts, "failed"));
    this.props.close();
  }

  override render() {
    const { fallback = null, children } = this.props;
    return this.state.failed ? null : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}

const failed = new Set<() => void>();

/** What stands in an `Extra`. React's own `lazy` would never ask again for what failed once. */
export function lazyExtra<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const part = (before: () => Promise<unknown>) =>
    lazy(async () => {
      try {
        await before();
        return { default: await load() };
      } catch (error) {
        failed.add(() => {
          Now = part(stylesAgain);
        });
        throw error;
      }
    });
  let Now = part(async () => undefined);
  return function LazyExtra(props: Props) {
    return createElement(Now as unknown as ComponentType<Props>, props);
  };
}

/** Only when the boundary gave up: while React renders it must find the same. */
function renewFailed(): void {
  for (const renew of failed) renew();
  failed.clear();
}

/** Those that did not come are not asked for again by what loads the parts; a host's page has its own, which are left alone. */
async function stylesAgain(): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")];
  const ours = links.filter((link) => link.href.startsWith(`${location.origin}/assets/`));
  await Promise.all(ours.filter((link) => !hasCome(link)).map(linkedAgain));
}

function hasCome({ sheet }: HTMLLinkElement): boolean {
  try {
    return (sheet?.cssRules.length ?? 0) > 0;
  } catch {
    return false;
  }
}

function linkedAgain(link: HTMLLinkElement): Promise<unknown> {
  const again = link.cloneNode() as HTMLLinkElement;
  return new Promise((resolve, reject) => {
    again.onload = resolve;
    again.onerror = () => reject(new Error(`No styles at ${again.href}`));
    link.replaceWith(again);
  });
}
