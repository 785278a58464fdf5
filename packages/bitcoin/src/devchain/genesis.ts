import { hex } from "@scure/base";
import { type Block, decodeBlock } from "./block.ts";

export const GENESIS_HASH = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

const HEADER =
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc8" +
  "1bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000";
/** The same first transaction as on the main network, with its headline; Core never lets its output be spent. */
const COINBASE =
  "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d01044554686520" +
  "54696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f75" +
  "7420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0" +
  "ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

/** Block 0 of regtest, byte for byte. */
export function genesisBlock(): Block {
  const block = decodeBlock(hex.decode(`${HEADER}01${COINBASE}`));
  if (block.hash !== GENESIS_HASH) throw new Error(`the genesis block hashes to ${block.hash}`);
  return block;
}
