import type { IncomingMessage } from "node:http";
import { BODY_LIMIT, type FunctionName, type Refusal, refusal } from "@coinholder/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticator } from "../http/authenticate.ts";
import { readBody } from "../http/call-route.ts";
import { enter } from "../http/door.ts";
import type { Hub } from "../hub.ts";
import { makeAsk } from "./ask.ts";
import type { MtgoxFunction, MtgoxOutcome } from "./private-calls.ts";
import { privateCalls } from "./private-calls.ts";
import { publicCalls } from "./public-calls.ts";
import { refused, type Told, toldAnswer, toldRefusal } from "./refusals.ts";

// The API of Mt Gox as it was in 2011: docs/using/mtgox.md. No CORS: no page of another site has business with a password.

export interface MtgoxRoutes {
  readonly hub: () => Hub;
  readonly authenticator: () => Authenticator;
  readonly source: (request: IncomingMessage) => string;
  readonly onInternal: (error: unknown, fn: string) => void;
}

/** How long a stop waits for calls under way, in ms. */
const STOP_MS = 10_000;

const body = (request: IncomingMessage): Promise<Buffer | undefined> =>
  new Promise((resolve) => readBody(request, BODY_LIMIT, resolve));

const send = (reply: FastifyReply, { status, text }: Told): FastifyReply =>
  reply
    .code(status)
    .headers({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    .send(text);

const formOf =
  (pairs: ReadonlyMap<string, unknown>) =>
  (name: string): string | undefined => {
    const value = pairs.get(name);
    return typeof value === "string" ? value.trim() : undefined;
  };

/** Clients of later years may name another one: its prices and orders are not those in USD. */
const otherCurrency = (form: ReturnType<typeof formOf>): boolean =>
  ["Currency", "currency"].some((name) => !["", "USD"].includes((form(name) ?? "").toUpperCase()));

export const mtgoxRoutes = (
  server: FastifyInstance,
  { hub, authenticator, source, onInternal }: MtgoxRoutes,
): void => {
  const underWay = new Set<Promise<unknown>>();
  let stopping = false;

  /** Answers when all that was done or read is durable, like any call. */
  const carryOut = async (fn: FunctionName, carry: (hub: Hub) => Promise<MtgoxOutcome>): Promise<Told> => {
    if (stopping) return toldRefusal(refusal("overloaded"));
    const { calls, sequencer } = hub();
    const tell = (outcome: MtgoxOutcome): Told => {
      calls.count(fn, "refused" in outcome ? outcome.refused.code : "ok");
      return "refused" in outcome ? toldRefusal(outcome.refused) : toldAnswer(outcome.answer);
    };
    try {
      const outcome = await carry(hub());
      await sequencer.durable();
      return tell(outcome);
    } catch (error) {
      onInternal(error, fn);
      const code = (error as { code?: unknown } | null)?.code;
      const unknown = code === "outcome_unknown" || code === "journal_failed";
      return tell({ refused: refusal(unknown ? "outcome_unknown" : "internal") });
    }
  };

  const answer = async (reply: FastifyReply, told: Promise<Told>): Promise<FastifyReply> => {
    underWay.add(told);
    try {
      return send(reply, await told);
    } finally {
      underWay.delete(told);
    }
  };

  const refuse = (reply: FastifyReply, of: Refusal): FastifyReply => send(reply, toldRefusal(of));

  /** By name and password in the body: what may stand there, and how often may be tried, is as with all calls. */
  const called =
    (fn: FunctionName, carry: MtgoxFunction) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const bytes = await body(request.raw);
      if (bytes === undefined) return refuse(reply.header("connection", "close"), refusal("body_too_large"));
      const from = source(request.raw);
      const contentType = request.headers["content-type"];
      const entered = enter(
        { fn, method: "POST", bytes, contentType, token: undefined, signature: undefined, source: from },
        undefined,
      );
      return answer(
        reply,
        carryOut(fn, async (at) => {
          if ("refused" in entered) return entered;
          const { by, pairs } = entered;
          if (by === undefined || !("pass" in by)) return { refused: refusal("authentication_missing") };
          const proven = await authenticator().byPassword(by.name, by.pass, from, at.sequencer.now);
          if ("refused" in proven) return proven;
          const form = formOf(pairs);
          if (otherCurrency(form)) return refused("unsupported");
          return carry({ hub: at, ask: makeAsk(at, proven, from), form });
        }),
      );
    };

  const read =
    (fn: FunctionName, carry: MtgoxFunction) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const form = formOf(new Map(Object.entries(request.query as Record<string, unknown>)));
      if (otherCurrency(form)) return refuse(reply, refusal("unsupported"));
      const ask = (at: Hub) => makeAsk(at, undefined, source(request.raw));
      return answer(
        reply,
        carryOut(fn, (at) => carry({ hub: at, ask: ask(at), form })),
      );
    };

  server.addHook("preClose", async () => {
    stopping = true;
    const late = new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
    await Promise.race([Promise.allSettled(underWay), late]);
    // What was written last gets onto its way before the connections are closed.
    await new Promise((resolve) => setImmediate(resolve));
  });

  for (const [script, [fn, carry]] of Object.entries(publicCalls))
    server.get(`/code/data/${script}.php`, { exposeHeadRoute: false }, read(fn, carry));
  for (const [script, [fn, carry]] of Object.entries(privateCalls))
    for (const folder of script === "btcAddress" ? ["/code", "/api/0"] : ["/code"]) {
      server.post(`${folder}/${script}.php`, called(fn, carry));
      server.get(`${folder}/${script}.php`, { exposeHeadRoute: false }, (_request, reply) =>
        refuse(reply, refusal("authentication_type_refused")),
      );
    }
  server.all("/code/*", (_request, reply) =>
    send(reply, { ...toldRefusal(refusal("function_unknown")), status: 404 }),
  );
};
