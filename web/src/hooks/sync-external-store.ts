// What wouter asks of a package for older Reacts, ours has itself.
export { useSyncExternalStore } from "react";
