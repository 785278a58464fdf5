import { parentPort } from "node:worker_threads";
import { makeKeeper } from "./keeper.ts";

/** The thread that waits for the disk. It owns the database; history.ts only sends questions. */
const answer = makeKeeper();
parentPort!.on("message", (request) => parentPort!.postMessage(answer(request)));
