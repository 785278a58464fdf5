import type { EngineConfig } from "@coinholder/engine";
import { readConfig } from "@coinholder/hub";

/** The currencies and markets that a hub has when nobody says otherwise. */
export const CONFIG: EngineConfig = readConfig(undefined).engine;
