export { type Failure, run, type Sim } from "./run.ts";
export { shrink } from "./shrink.ts";
