import { startDevchainNode } from "@coinholder/bitcoin/testing";
import { runChainSuite } from "./run.ts";

runChainSuite(startDevchainNode);
