import { typeOfAddress } from "@coinholder/bitcoin";
import type { PayoutVersion } from "@coinholder/engine";
import {
  type FundsCoin,
  type LendKey,
  signProofOfFunds,
  signTransfer,
  transferProofMessage,
  writeTransfer,
} from "@coinholder/protocol";
import type { Hub } from "../hub.ts";

/** What the other hub is shown: whose the transaction is, that it is so, and that its coins are. */
export interface SignedTransfer {
  readonly txid: string;
  readonly transfer_json: string;
  readonly identity_signature: string;
  readonly coinholder_signature: string;
}

type Signing = Pick<Hub, "sequencer" | "wallet" | "across" | "identity">;

/** The key of one of the wallet's coins, lent for as long as it takes to sign. */
const coinOf = ({ sequencer, wallet }: Signing, outpoint: string): FundsCoin => {
  const { addresses, coins } = sequencer.state.chain;
  const coin = coins.get(outpoint);
  const at = coin && addresses.get(coin.address);
  if (!coin || !at) throw new Error(`coin ${outpoint} of a pledged payment is not known any more`);
  const type = typeOfAddress(coin.address);
  const lendKey: LendKey = (use) => wallet.withPrivateKey(at.branch, at.index, type, use);
  const { script } = wallet.address(at.branch, at.index, type);
  return { outpoint, amount: BigInt(coin.value), script, lendKey };
};

/** Signs a payout's transaction as this hub's own (PROTOCOL: Transfers between hubs). About 2 ms a coin, in turns. */
export const signOwnTransfer = async (
  hub: Signing,
  { inputs, raw, txid }: PayoutVersion,
): Promise<SignedTransfer> => {
  const transfer_json = writeTransfer(hub.across.identity(), Buffer.from(raw, "hex"));
  const coins = inputs.map((outpoint) => coinOf(hub, outpoint));
  const proof = await signProofOfFunds(coins[0]!, transferProofMessage(transfer_json), coins);
  return {
    txid,
    transfer_json,
    identity_signature: signTransfer(transfer_json, hub.identity.key().sign),
    coinholder_signature: proof,
  };
};
