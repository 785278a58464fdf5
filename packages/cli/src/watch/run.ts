import type { Hub } from "@coinholder/client";
import { CommandError, EXIT } from "../failure.ts";
import { onInterrupt } from "../interrupt.ts";
import { bold, dim, yellow } from "../terminal.ts";
import { clockTime } from "../times.ts";
import { arrivals } from "./arrivals.ts";
import { livenessText, openScreen, picture } from "./screen.ts";
import type { Arrival, Liveness, Watched } from "./watched.ts";

/** A screen is drawn at most so often, in ms. */
const FRAME_MS = 50;

interface Reader {
  readonly take: (arrival: Arrival) => void;
  readonly end: () => void;
}

/** Draws changes of the state; a message that does not follow waits for the snapshot that comes then. */
const follow = <S>(
  { draw }: Watched<S>,
  changed: (
    state: S,
    before: S | undefined,
    message: Extract<Arrival, { event: unknown }>["event"] & { type: "snapshot" | "update" },
  ) => void,
): ((arrival: Arrival) => void) => {
  let state: S | undefined;
  return (arrival) => {
    if (!("event" in arrival)) return;
    const { event } = arrival;
    if (event.type === "ended")
      throw new CommandError(event.error.code, `The hub ended ${event.channel}: ${event.error.message}`);
    if (event.type === "gap") return;
    const before = state;
    state = draw(before, event);
    if (state !== undefined) changed(state, before, event);
  };
};

const onTerminal = <S>(watched: Watched<S>): Reader => {
  const screen = openScreen(process.stdout);
  let shown: S | undefined;
  let liveness: Liveness | undefined;
  let since = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const show = (): void => {
    timer = undefined;
    const size = screen.size();
    const lines = shown === undefined ? [] : watched.screen(shown, size);
    screen.show(picture(bold(watched.title), livenessText(liveness, since), lines, size));
  };
  const soon = (): void => {
    timer ??= setTimeout(show, FRAME_MS);
  };
  process.stdout.on("resize", soon);
  show();
  const draw = follow(watched, (state) => {
    shown = state;
  });
  return {
    take: (arrival) => {
      if ("liveness" in arrival) {
        liveness = arrival.liveness;
        since = Date.now();
      } else draw(arrival);
      soon();
    },
    end: () => {
      clearTimeout(timer);
      process.stdout.off("resize", soon);
      screen.close();
    },
  };
};

/** What is new goes to standard output, how current it is to standard error. */
const asLines = <S>(watched: Watched<S>): Reader => {
  const draw = follow(watched, (state, before, message) => {
    for (const line of watched.news(state, before, message)) console.log(line);
  });
  return {
    take: (arrival) => {
      if ("event" in arrival) draw(arrival);
      else if (arrival.liveness === "reconnecting")
        console.error(yellow(`${clockTime(Date.now())} not live: reconnecting`, process.stderr));
      else if (arrival.liveness === "asking")
        console.error(dim("this hub has no stream for it: it is asked again and again", process.stderr));
      else console.error(dim(`${clockTime(Date.now())} live`, process.stderr));
    },
    end: () => {},
  };
};

const asJson = <S>({ forPrograms = (message) => message }: Watched<S>): Reader => ({
  take: (arrival) => {
    if ("liveness" in arrival) {
      console.log(JSON.stringify({ type: "state", state: arrival.liveness, t: Date.now() }));
      return;
    }
    const { event } = arrival;
    const isData = event.type === "snapshot" || event.type === "update";
    console.log(JSON.stringify(isData ? forPrograms(event) : event));
    if (event.type === "ended")
      throw new CommandError(event.error.code, `The hub ended ${event.channel}: ${event.error.message}`);
  },
  end: () => {},
});

const isScreen = (): boolean => process.stdout.isTTY === true && process.env.TERM !== "dumb";

/** Watches until Ctrl-C, or until the hub refuses. Sets the exit code. */
export const watch = async <S>(
  hub: Hub,
  watched: Watched<S>,
  { json, signed }: { readonly json: boolean; readonly signed: boolean },
): Promise<void> => {
  const interrupt = onInterrupt();
  const reader = json ? asJson(watched) : isScreen() ? onTerminal(watched) : asLines(watched);
  try {
    for await (const arrival of arrivals(hub, watched, signed, interrupt.signal)) reader.take(arrival);
    process.exitCode = interrupt.signal.reason === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
  } finally {
    reader.end();
    interrupt.end();
  }
};
