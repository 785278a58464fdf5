import { startBtcdNode } from "@coinholder/bitcoin";
import { runChainSuite } from "./run.ts";

runChainSuite(startBtcdNode);
