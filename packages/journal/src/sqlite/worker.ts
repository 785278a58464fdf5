import { parentPort } from "node:worker_threads";
import { makeKeeper } from "./keeper.ts";
import type { Request } from "./messages.ts";

/** The thread that waits for the disk; the store beside it only sends questions. */
const answer = makeKeeper();
parentPort!.on("message", (request: Request) => parentPort!.postMessage(answer(request)));
