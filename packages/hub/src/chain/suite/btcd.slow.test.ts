import { startBtcdNode } from "@coinholder/bitcoin/testing";
import { runChainSuite } from "./run.ts";

runChainSuite(startBtcdNode);
