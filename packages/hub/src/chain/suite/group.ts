import type { Scene } from "./scene.ts";

/** Cases that share a hub, by what each prevents. */
export interface Group {
  /** Members of the hub's configuration file. */
  readonly settings?: object;
  readonly cases: Readonly<Record<string, (scene: Scene) => Promise<void>>>;
}
