import { credentialsOf, type Hub } from "@coinholder/client";
import { type DevchainAccess, devchainCall } from "../devchain-rpc.ts";
import { units } from "./narrator.ts";

/** Where the story plays. */
export interface World {
  /** The hub as a stranger sees it. */
  readonly hub: Hub;
  readonly operator: Hub;
  readonly chain: DevchainAccess;
}

export interface Person {
  readonly account: string;
  readonly hub: Hub;
}

export const newPerson = async ({ hub }: World): Promise<Person> => {
  const { account, authkey } = await hub.call("create-account");
  return { account, hub: hub.as(credentialsOf(account, authkey)) };
};

export const mine = (world: World): Promise<unknown> => devchainCall(world.chain, "devchain_mine", 1);

/** Smallest units of a currency that a person can spend now. */
export const available = async (person: Person, currency: "btc" | "usd"): Promise<number> => {
  const balance = await person.hub.call("my-balance");
  return units(balance.available[currency], currency === "btc" ? 8 : 2);
};
