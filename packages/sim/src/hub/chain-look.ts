import { assert, availableOf, BTC, CHAIN } from "@coinholder/engine";
import { decodeAddress } from "@coinholder/protocol";
import type { SimNode } from "./node.ts";
import type { Shadow } from "./shadow.ts";

const scriptOf = (address: string): string => {
  const decoded = decodeAddress(address);
  if ("error" in decoded) throw new Error(`${address} is no address`);
  return Buffer.from(decoded.script).toString("hex");
};

/** What every script has on the chain, each coin by itself. */
const coinsByScript = ({ dev }: SimNode): Map<string, bigint[]> => {
  const coins = new Map<string, bigint[]>();
  for (const { script, amount } of dev.chain.utxo.values()) {
    const key = Buffer.from(script).toString("hex");
    coins.set(key, [...(coins.get(key) ?? []), amount]);
  }
  return coins;
};

/**
 * What the chain says of the withdrawals in the journal: each address outside was paid for once at most, and just once where the hub
 * says that it was paid. Answers those that have not been paid.
 */
export const lookAtChain = (node: SimNode, { state, entries }: Shadow): number[] => {
  const coins = coinsByScript(node);
  const unpaid: number[] = [];
  for (const { command, effects, seq } of entries) {
    if (command.kind !== "send" || state.chain.addresses.has(command.address)) continue;
    const made = effects.find((effect) => effect.is === "transfer" && effect.kind === "withdrawal");
    if (made?.is !== "transfer") continue;
    const paid = coins.get(scriptOf(command.address)) ?? [];
    const asked = entries.filter(
      (one) => one.command.kind === "send" && one.command.address === command.address,
    ).length;
    assert(
      paid.length <= asked,
      `entry ${seq}: ${command.address} was paid ${paid.length} times, asked for ${asked}`,
    );
    assert(
      paid.every((amount) => asked > 1 || amount === BigInt(made.amount)),
      `entry ${seq}: ${command.address} was paid ${paid.join(" and ")}, not ${made.amount}`,
    );
    if (paid.length < asked) unpaid.push(made.transfer);
  }
  return unpaid;
};

/** All coins of the hub's addresses, by the chain alone, are what the books say that it has. */
export const lookAtCoins = (node: SimNode, { state }: Shadow): void => {
  const coins = coinsByScript(node);
  let sum = 0n;
  for (const { address } of state.chain.addresses.values())
    for (const amount of coins.get(scriptOf(address)) ?? []) sum += amount;
  const booked = -availableOf(state.ledger, CHAIN, BTC);
  assert(sum === BigInt(booked), `the chain has ${sum} sat for the hub, its books ${booked}`);
};
