import type { StreamMessage } from "@coinholder/protocol";
import { noAnswer, refused } from "./exchange.ts";

/** Cuts a text of server-sent events into messages as it comes in parts. */
const splitter = (): ((part: string) => StreamMessage[]) => {
  let rest = "";
  return (part) => {
    const events = (rest + part).split("\n\n");
    rest = events.pop()!;
    return events.flatMap((event) => {
      const data = event
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n");
      return data === "" ? [] : [JSON.parse(data) as StreamMessage];
    });
  };
};

/**
 * One connection of server-sent events, read to its end. Throws HubError when it does not come about, breaks, or is
 * silent for longer than `silentMs`. By fetch: unlike EventSource it can sign, and Node has it too.
 */
export async function* readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  silentMs: number,
): AsyncGenerator<StreamMessage, void, undefined> {
  const address = new URL(url).origin;
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  const tooSilent = (): void => silence.abort(new DOMException("nothing came", "TimeoutError"));
  let timer = setTimeout(tooSilent, silentMs);
  try {
    const response = await fetch(url, { headers, signal: either, credentials: "omit", redirect: "manual" });
    if (response.status !== 200) {
      const body: unknown = await response.json().catch(() => undefined);
      throw refused(response.status, body);
    }
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const split = splitter();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(tooSilent, silentMs);
      yield* split(value);
    }
  } catch (error) {
    throw (error as Error).name === "HubError" ? error : noAnswer(error, either, address);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
