/**
 * A keyboard on the screen makes the page smaller (Android, by the viewport tag of index.html) or lies over it (iOS). For the
 * second, `element` gets what is left as --seen-height and where that begins as --seen-top; else it has neither.
 */
export function followViewport(element: HTMLElement): () => void {
  const seen = window.visualViewport;
  if (seen === null) return () => undefined;
  const look = () => {
    // Zoomed by fingers one sees less as well; then nothing is to move.
    const isCovered = Math.abs(seen.scale - 1) < 0.01 && window.innerHeight - seen.height > LEAST_KEYBOARD;
    for (const [name, value] of [["--seen-height", seen.height], ["--seen-top", seen.offsetTop]] as const) {
      if (isCovered) element.style.setProperty(name, `${Math.floor(value)}px`);
      else element.style.removeProperty(name);
    }
  };
  look();
  const events = ["resize", "scroll"] as const;
  for (const event of events) seen.addEventListener(event, look);
  return () => {
    for (const event of events) seen.removeEventListener(event, look);
  };
}

const LEAST_KEYBOARD = 80;
