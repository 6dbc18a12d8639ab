/** Two speech bubbles that touch: the colloque singulier. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path
        d="M13 4C7 4 2.5 8 2.5 13c0 2.6 1.2 4.9 3.1 6.5L5 24l4.6-2.2c1.1.3 2.2.4 3.4.4 6 0 10.5-4 10.5-9.1S19 4 13 4Z"
        fill="currentColor"
      />
      <path
        d="M25.6 13.6c.1 6.3-5.3 11-12.1 11.2 1.8 1.9 4.5 3 7.5 3 1 0 1.9-.1 2.8-.4L28 29l-.6-3.6c1.4-1.3 2.2-3 2.2-5 0-2.8-1.5-5.3-4-6.8Z"
        fill="currentColor"
        opacity=".5"
      />
    </svg>
  );
}
