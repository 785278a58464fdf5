import type { Send } from "@coinholder/engine";
import { balanceOf } from "../twin/twin.ts";
import {
  a,
  anyAddress,
  anyCaller,
  anySize,
  callerNumber,
  operatorCall,
  type Unstamped,
  type World,
  withOnce,
} from "./world.ts";

/** Mostly what the account can pay. */
export const affordable = (world: World, account: number, currency: string): number => {
  const { random, twin } = world;
  const available = account < 0 ? 0 : Number(balanceOf(twin, account, currency).available);
  if (available <= 0 || random.chance(0.05)) return anySize(random, 1e6);
  return random.chance(0.15) ? available : anySize(random, available);
};

export const send = (world: World): Unstamped => {
  const { random, twin } = world;
  const byInvoice = random.chance(0.2);
  const by = anyCaller(world, byInvoice ? "pay-invoice" : "send-btc");
  const account = callerNumber(world, by);
  // Strangers' are forgotten when they end, an account's own thirty days later: to the minute, which the twin does not tell.
  const recent = twin.invoices.filter(
    (one) => one.expires + (one.owner === undefined ? 0 : 29 * 86_400_000) > world.t,
  );
  const invoice = byInvoice && recent.length > 0 ? random.pick(recent) : undefined;
  const left = invoice ? invoice.amount - invoice.received : 0;
  const fee = random.chance(0.85) ? { fee: a(random.below(3000)) } : {};
  return withOnce(world, {
    kind: "send",
    by,
    address: invoice?.address ?? anyAddress(world),
    amount: a(left > 0 && random.chance(0.8) ? left : affordable(world, account, "BTC")),
    ...fee,
    ...(random.chance(0.2) ? { subtractFee: true as const } : {}),
    ...(invoice ? { invoice: true as const } : {}),
    ...anyPledge(world),
  });
};

const anyPledge = ({ random }: World): Partial<Send> => {
  if (random.chance(0.8)) return {};
  return random.chance(0.5)
    ? { pledged: true }
    : { pledged: true, crossing: { hub_url: "https://y.example" } };
};

export const withdrawFiat = (world: World): Unstamped => {
  const by = anyCaller(world, "withdraw-fiat");
  const currency = world.random.pick(["USD", "USD", "EUR", "JPY", "XAU", "BTC", "XXX"]);
  return withOnce(world, {
    kind: "withdraw-fiat",
    by,
    currency,
    amount: a(affordable(world, callerNumber(world, by), currency)),
    destination: "IBAN",
  });
};

export const settleFiat = (world: World): Unstamped => {
  const { random, twin } = world;
  const by = operatorCall(world, "operator-settle");
  const transfer =
    twin.fiat.length > 0 && random.chance(0.9) ? random.pick(twin.fiat).transfer : random.below(100);
  const outcome = random.pick(["done", "refused"] as const);
  return withOnce(world, {
    kind: "settle-fiat",
    by,
    transfer,
    outcome,
    reference: "paid",
    ...(outcome === "refused" ? { forOwner: true } : {}),
  });
};
