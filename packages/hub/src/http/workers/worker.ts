import { Socket } from "node:net";
import { join } from "node:path";
import { refusal } from "@coinholder/protocol";
import { type Response, refusedWith } from "../answer-form.ts";
import { makeCallRoute } from "../call-route.ts";
import { enter, type Request } from "../door.ts";
import { makeListener } from "../listener.ts";
import { servePlainCalls } from "../plain-calls.ts";
import { makeSource } from "../source.ts";
import { gathering, onLines } from "./lines.ts";
import type { CallId, Control, ToHub, ToWorker, WorkerOptions } from "./messages.ts";
import { makeProxy } from "./proxy.ts";
import { makeSecrets } from "./secrets.ts";

/**
 * A process that has connections: it reads requests, checks signatures, and hands calls to the hub and answers back. It knows
 * no state. All that is no call the hub answers itself.
 */

const options = JSON.parse(process.argv[2]!) as WorkerOptions;
/** Beside the usual ones and the process's channel. */
const pipe = new Socket({ fd: 4, readable: true, writable: true });
const tell = gathering<ToHub>(pipe, () => ({ taken: 0, calls: [], unknown: [], refused: [] }));
const secrets = makeSecrets((token) => tell().unknown.push(token));
const underWay = new Map<CallId, (response: Response) => void>();
let lastId: CallId = 0;

/** A request that our own code stumbles over must not take the others with it. */
const entering: typeof enter = (request, secret) => {
  try {
    return enter(request, secret);
  } catch (error) {
    console.error(error);
    return { refused: refusal("internal") };
  }
};

/** How long readers of the stream have to close when the hub stops, in ms. */
const STREAMS_MS = 1_000;

/** More than any parameter has. */
const DEEPEST = 64;
const isTooDeep = (value: unknown, left = DEEPEST): boolean =>
  typeof value === "object" &&
  value !== null &&
  (left === 0 || Object.values(value).some((part) => isTooDeep(part, left - 1)));

/** As it can be written: what nests without end no parameter takes, no more than null. */
const written = ([name, value]: readonly [string, unknown]): readonly [string, unknown] =>
  isTooDeep(value) ? [name, null] : [name, value];

const carryOn = (
  request: Request,
  secret: Buffer | undefined,
  respond: (response: Response) => void,
): void => {
  const entered = entering(request, secret);
  if ("refused" in entered) {
    tell().refused.push([request.fn, entered.refused.code]);
    respond(refusedWith(entered.refused));
    return;
  }
  const { fn, source, pairs, by } = entered;
  const id = ++lastId;
  underWay.set(id, respond);
  tell().calls.push([id, fn, source, [...pairs].map(written), by ?? null]);
};

onLines<ToWorker>(pipe, ({ answers, secrets: told }) => {
  for (const [token, secret] of told) secrets.told(token, secret);
  for (const [id, status, body] of answers) {
    const respond = underWay.get(id)!;
    underWay.delete(id);
    respond({ status, body });
  }
});

const sourceOf = makeSource(options.trustProxy);
const calls = makeCallRoute((request, respond) => {
  const { token, signature } = request;
  // Without both there is nothing to check.
  if (token === undefined || signature === undefined) carryOn(request, undefined, respond);
  else secrets.find(token, (secret) => carryOn(request, secret, respond));
}, sourceOf);
const proxy = makeProxy(options.hub, sourceOf);
const server = makeListener(options, (request, response) => {
  const fn = calls.functionOf(request);
  if (fn === undefined) proxy.request(request, response);
  else calls.serve(request, response, fn);
});
servePlainCalls(server, calls).on("upgrade", proxy.upgrade);

process.on("message", (control: Control, connection?: Socket) => {
  // Readers of the stream are told that the hub stops: that has to reach them.
  if (control === "stop")
    void calls
      .stop()
      .then(() => proxy.over(STREAMS_MS))
      .then(() => process.exit(0));
  else {
    tell().taken++;
    // Its caller has gone meanwhile.
    if (!connection) return;
    // As Node's own server has it: who has sent a request may close his side.
    connection.allowHalfOpen = true;
    server.emit("connection", connection);
  }
});
// The hub has ended, or was killed: nobody answers any more. Before that, it says when to stop: Ctrl-C reaches all of a group.
process.on("disconnect", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

// Connections come from the hub; but only a server that listens somewhere looks after those that are slow.
server.listen(join(options.folder, `worker-${process.pid}`), () => process.send!("ready"));
