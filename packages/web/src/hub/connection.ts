import { computed, effect, signal } from "@preact/signals";
import { unreached } from "./current.ts";
import { streamState } from "./stream.ts";

const onLine = signal(navigator.onLine);
/** Whether the last call found no way to the hub. */
const callLost = signal(false);

addEventListener("online", () => {
  onLine.value = true;
});
addEventListener("offline", () => {
  onLine.value = false;
});

export const noteCall = (reached: boolean): void => {
  callLost.value = !reached;
};

// What comes by the stream has found its way.
effect(() => {
  if (streamState.value === "live") callLost.value = false;
});

/** How the page hears from the hub: `quiet` where it reads no channel. */
export const connection = computed<"live" | "reconnecting" | "offline" | "quiet">(() => {
  if (!onLine.value || unreached.value !== undefined) return "offline";
  if (streamState.value === "reconnecting") return "reconnecting";
  if (callLost.value) return "offline";
  return streamState.value === "live" ? "live" : "quiet";
});
