import { parentPort } from "node:worker_threads";
import { makeClerk } from "./clerk.ts";

/** The thread that waits for the disk and for receivers. */
parentPort!.on(
  "message",
  makeClerk((message) => parentPort!.postMessage(message)),
);
