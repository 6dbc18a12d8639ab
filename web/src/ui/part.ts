// Parts of the client that are files of their own: without a network, or with a new version on the server, they may not come.

import { type ComponentType, createElement, lazy } from "react";

const failed = new Set<() => void>();

/** Loaded when it is first needed. React's own `lazy` would never ask again for what failed once. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
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
  return function Part(props: Props) {
    return createElement(Now as unknown as ComponentType<Props>, props);
  };
}

/** By a boundary that gave up, and not before: while React renders it must find the same. */
export function renewParts(): void {
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
