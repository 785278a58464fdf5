import { useEffect } from "preact/hooks";

/** Keeps the screen on while it stands, where the browser can (Screen Wake Lock API). */
export const useAwake = (wanted: boolean): void => {
  useEffect(() => {
    if (!wanted || !("wakeLock" in navigator)) return undefined;
    let over = false;
    let lock: WakeLockSentinel | undefined;
    const take = async (): Promise<void> => {
      if (document.visibilityState !== "visible") return;
      try {
        const taken = await navigator.wakeLock.request("screen");
        if (over) await taken.release();
        else lock = taken;
      } catch {
        // The battery is low, or it is not allowed: the screen goes dark as it would.
      }
    };
    // A page that was hidden has lost it.
    const again = (): void => void take();
    document.addEventListener("visibilitychange", again);
    void take();
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", again);
      void lock?.release();
    };
  }, [wanted]);
};
