import { parseAmount } from "@coinholder/protocol";
import { Transaction } from "@scure/btc-signer";
import { openHubWallet } from "../open-wallet.ts";

const CHANGE_BRANCH = 1;
const REGTEST = { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };

/** Signs a PSBT as a wallet elsewhere would that was restored from the hub's phrase: with the keys that the PSBT names. */
export const signOutside = async (
  data: string,
  psbt: string,
): Promise<{ psbt: string; raw: () => string }> => {
  const wallet = await openHubWallet(data);
  const transaction = Transaction.fromPSBT(Buffer.from(psbt, "base64"));
  for (let input = 0; input < transaction.inputsLength; input++) {
    const { path } = transaction.getInput(input).bip32Derivation![0]![1];
    const [branch, index] = path.slice(-2) as [number, number];
    wallet.withPrivateKey(branch === CHANGE_BRANCH ? "change" : "receive", index, "p2wpkh", (key) =>
      transaction.signIdx(key, input),
    );
  }
  return {
    psbt: Buffer.from(transaction.toPSBT()).toString("base64"),
    raw: () => {
      transaction.finalize();
      return transaction.hex;
    },
  };
};

/** A transaction that spends a coin of the hub's to anybody, as who stole its phrase would make it. Hex. */
export const steal = async (
  data: string,
  coin: { readonly outpoint: string; readonly btc_address: string; readonly amount: string },
  to: string,
  fee: bigint,
): Promise<string> => {
  const wallet = await openHubWallet(data);
  const places = Array.from({ length: 50 }, (_, index) => index).flatMap((index) =>
    (["receive", "change"] as const).map((branch) => ({ branch, index })),
  );
  const found = places.find(
    ({ branch, index }) => wallet.address(branch, index).address === coin.btc_address,
  );
  if (found === undefined) throw new Error(`${coin.btc_address} is none of the wallet's first addresses`);
  const { branch, index } = found;
  const [txid, vout] = coin.outpoint.split(":") as [string, string];
  const read = parseAmount(coin.amount, 8);
  if ("problem" in read) throw new Error(`a coin of ${coin.amount}`);
  const amount = BigInt(read.amount);
  const transaction = new Transaction();
  const { script } = wallet.address(branch, index);
  transaction.addInput({ txid, index: Number(vout), witnessUtxo: { script, amount } });
  transaction.addOutputAddress(to, amount - fee, REGTEST);
  wallet.withPrivateKey(branch, index, "p2wpkh", (key) => transaction.signIdx(key, 0));
  transaction.finalize();
  return transaction.hex;
};
