import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { connection } from "../hub/connection.ts";
import { t } from "../texts/index.ts";
import { Badge, Note } from "../ui/card.tsx";

/** Whether what is shown is what is so now. */
export const isLive = (): boolean => connection.value === "live";

export const LiveBadge = (): JSX.Element => (
  <Badge tone={isLive() ? "good" : "warn"}>{isLive() ? t.market.live : t.market.notLive}</Badge>
);

/** Connections begin with a moment of quiet, about which there is nothing to say. */
const QUIET_MS = 1_500;

export const LiveNote = (): JSX.Element => {
  const live = isLive();
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (live) return undefined;
    const timer = setTimeout(() => setLate(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [live]);
  return (
    <div role="status" class={late && !live ? "" : "sr-only"}>
      {late && !live && (
        <Note tone="warn" title={t.market.notLive}>
          {t.market.notLiveHint}
        </Note>
      )}
    </div>
  );
};

/** Where columns have a place side by side. */
const WIDE = "(min-width: 72rem)";

export const useWide = (): boolean => {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const look = (): void => setWide(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return wide;
};
