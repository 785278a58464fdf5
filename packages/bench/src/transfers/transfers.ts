import { connect } from "@coinholder/client";
import { startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { type Figure, interleaved, type Measure } from "../measure.ts";
import type { Load, Payer } from "./load-child.ts";
import { makePayers, type Place, settled } from "./people.ts";

const ROUNDS = 7;
const CALLS = 20_000;
const CONNECTIONS = 256;
const PAYERS = 100;
const AIM = 0.7;

const portOf = (url: string): number => Number(new URL(url).port);

const compare = async (
  payers: readonly Payer[],
  place: Place,
  bareUrl: string,
  clientIds: boolean,
): Promise<Figure> => {
  const load = startChild("./transfers/load-child.js");
  const rate = (url: string): Promise<number> =>
    load.ask<number>({
      port: portOf(url),
      payers,
      calls: CALLS,
      connections: CONNECTIONS,
      clientIds,
    } satisfies Load);
  const hub = await connect(place.url);
  const [operator, payer] = [hub.as(place.operator), hub.as(payers[0]!)];
  const { ours, bare } = await interleaved(ROUNDS, {
    ours: async () => {
      const before = await settled(operator, payer);
      const calls = await rate(place.url);
      const journaled = (await settled(operator, payer)) - before;
      if (journaled !== CALLS)
        throw new Error(`${CALLS} transfers were answered, ${journaled} are in the journal`);
      return calls;
    },
    bare: () => rate(bareUrl),
  });
  await load.end();
  return {
    what: `signed internal transfers through HTTP, durable${clientIds ? ", each with a client_id" : ""}`,
    unit: "calls/s",
    ours,
    yardstick: { what: "bare Fastify that checks the same HMAC and answers", value: bare },
    aim: { what: `${AIM} of the yardstick or better`, met: ours / bare >= AIM },
  };
};

export const transfers: Measure = (say) =>
  inFolder(async (folder) => {
    const hub = startChild("./transfers/hub-child.js");
    const bare = startChild("./transfers/bare-child.js");
    try {
      const place = await hub.ask<Place>(folder);
      say(`${PAYERS} accounts with coins`);
      const payers = await makePayers(place, PAYERS);
      const keys = new Map(payers.map(({ token, key }) => [token, key]));
      const answer = { transfer_id: "t100000", status: "done", fee: "0.00" };
      const { url } = await bare.ask<{ url: string }>({ keys, answer });
      const figures: Figure[] = [];
      for (const clientIds of [false, true]) {
        say(
          `${ROUNDS} rounds of ${CALLS} calls over ${CONNECTIONS} connections${clientIds ? ", with client ids" : ""}`,
        );
        figures.push(await compare(payers, place, url, clientIds));
      }
      return figures;
    } finally {
      await Promise.all([hub.end(), bare.end()]);
    }
  });
