import type { Stamped } from "@coinholder/engine";
import { journalKey, openHubJournal, startHub } from "@coinholder/hub";
import { answering } from "../child.ts";

export interface Start {
  readonly data: string;
  /** A hub, until it answers calls; or only reading and parsing what it starts from: the yardstick. */
  readonly hub: boolean;
}

const parsing = async (data: string): Promise<void> => {
  const journal = await openHubJournal({ data }, await journalKey(data));
  let parsed = 0;
  await journal.recover({
    loadSnapshot: async (lines) => {
      for await (const some of lines) parsed += JSON.parse(`[${some.replaceAll("\n", ",")}]`).length;
    },
    apply: (entry) => {
      parsed += (JSON.parse(entry) as Stamped).t > 0 ? 1 : 0;
    },
  });
  if (parsed === 0) throw new Error("there was nothing to parse");
};

/** Answers the seconds from the first step to the last. The process is to be killed then. */
answering(async ({ data, hub }: Start) => {
  const start = process.hrtime.bigint();
  if (hub)
    await startHub({ port: 0, host: "127.0.0.1", devchainPort: 0, data, logLevel: "info" }, (error) => {
      throw error;
    });
  else await parsing(data);
  return Number(process.hrtime.bigint() - start) / 1e9;
});
