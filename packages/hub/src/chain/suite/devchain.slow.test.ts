import { startDevchainNode } from "@coinholder/bitcoin";
import { runChainSuite } from "./run.ts";

runChainSuite(startDevchainNode);
