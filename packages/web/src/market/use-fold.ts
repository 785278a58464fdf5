import type { StreamSnapshot, StreamUpdate } from "@coinholder/protocol";
import { useEffect, useRef } from "preact/hooks";
import { readChannel } from "../hub/stream.ts";

/**
 * Draws a channel from its messages. Where one does not follow on what was drawn before it (`fold` gives undefined), the channel is
 * read anew, from a snapshot on.
 */
export const useFold = <D>(
  channel: string,
  fold: (drawn: D | undefined, message: StreamSnapshot | StreamUpdate) => D | undefined,
  onDrawn: (drawn: D) => void,
): void => {
  const tell = useRef(onDrawn);
  tell.current = onDrawn;
  useEffect(() => {
    let drawn: D | undefined;
    let end = (): void => {};
    let over = false;
    const begin = (): void => {
      end();
      drawn = undefined;
      end = readChannel(channel, (event) => {
        if (event.type !== "snapshot" && event.type !== "update") return;
        const next = fold(drawn, event);
        if (next === undefined) {
          if (!over) begin();
          return;
        }
        drawn = next;
        tell.current(drawn);
      });
    };
    begin();
    return () => {
      over = true;
      end();
    };
  }, [channel, fold]);
};
