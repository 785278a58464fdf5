import { mine } from "../devchain.ts";
import { FAUCET_SCRIPT, fund } from "../faucet.ts";
import { asBlockCount } from "./block-calls.ts";
import { RPC, RpcError } from "./error.ts";
import type { Methods } from "./method.ts";
import { asAddressScript, asBtc, asText } from "./params.ts";
import { refusalError } from "./tx-calls.ts";

/** What no Bitcoin node has: coins for the asking, and blocks without an address. */
export const ownCalls: Methods = {
  devchain_fund: {
    params: ["address", "amount"],
    required: 2,
    run: (dev, [address, amount]) => {
      const payTo = asAddressScript(address, "Invalid address");
      // Text only, so that no amount has ever been a float.
      const sats = asBtc(asText(amount));
      if (sats === 0n) throw new RpcError(RPC.TYPE_ERROR, "Invalid amount");
      const result = fund(dev, payTo, sats);
      if ("txid" in result) return result.txid;
      if (result.reason === "Insufficient funds")
        throw new RpcError(RPC.INSUFFICIENT_FUNDS, "Insufficient funds");
      throw refusalError(result);
    },
  },
  devchain_mine: {
    params: ["nblocks"],
    required: 1,
    run: (dev, [count]) => mine(dev, asBlockCount(count), FAUCET_SCRIPT).map((node) => node.block.hash),
  },
};
