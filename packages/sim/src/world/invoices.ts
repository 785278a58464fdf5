import { a, anyCaller, fresh, ms, type Unstamped, type World } from "./world.ts";

const MINUTE = 60_000;

// One of the hub's that was never an invoice's.
const plainAddress = ({ random, twin }: World): string | undefined => {
  const plain = [...twin.addresses.keys()].filter(
    (address) => !twin.invoices.some((one) => one.address === address),
  );
  return plain.length > 0 ? random.pick(plain) : undefined;
};

export const postInvoice = (world: World): Unstamped => {
  const { random, t, twin } = world;
  const own = random.chance(0.6);
  const strangers = twin.invoices.filter((one) => one.owner === undefined && one.expires > t + MINUTE);
  const known = !own && strangers.length > 0 && random.chance(0.3) ? random.pick(strangers) : undefined;
  const takenBack = [...twin.withdrawn.keys()].filter(
    (address) => address.startsWith("early") && !twin.invoices.some((one) => one.address === address),
  );
  const early = !own && takenBack.length > 0 && random.chance(0.3) ? random.pick(takenBack) : undefined;
  const ours = own || random.chance(0.95) ? undefined : plainAddress(world);
  const address = known?.address ?? early ?? ours ?? fresh(world, own ? "bc" : "till");
  const near = random.chance(0.8);
  return {
    kind: "post-invoice",
    ...(own ? { by: anyCaller(world, "new-invoice"), index: world.state.chain.nextReceive } : {}),
    json: known && random.chance(0.5) ? known.json : fresh(world, "json"),
    signature: "smp",
    address,
    currency: own && random.chance(0.4) ? random.pick(["USD", "EUR"]) : "BTC",
    amount: a(own || random.chance(0.9) ? random.between(1, 100_000) : 0),
    ...(random.chance(0.8) ? { posted: ms(t - random.below(5000)) } : {}),
    ...(random.chance(0.8)
      ? {
          lat: near ? 45.5 + random.below(60) / 10_000 : random.between(-90, 90),
          lng: near ? -73.5 : random.between(-180, 180),
        }
      : {}),
    ...(random.chance(0.7) ? { random: `${random.below(20)}` } : {}),
    expires: ms(t + random.between(1000, 20 * MINUTE)),
  };
};

export const withdrawInvoice = (world: World): Unstamped => {
  const { random, t, twin } = world;
  const recent = twin.invoices.filter((one) => one.expires + 29 * 86_400_000 > t);
  const invoice = recent.length > 0 && random.chance(0.85) ? random.pick(recent) : undefined;
  const until = ms(t + 16 * MINUTE);
  const address = invoice?.address ?? fresh(world, "early");
  return random.chance(0.5)
    ? { kind: "withdraw-invoice", address, until }
    : { kind: "withdraw-invoice", address, until, by: anyCaller(world, "withdraw-invoice") };
};
