import { expect, test } from "vitest";
import { DEFAULT_HUB, type Profiles, targetOf } from "./profiles.ts";

const profiles: Profiles = {
  active: "shop",
  byName: { shop: { hub: "https://shop.example", as: "alice" }, kraken: { hub: "ccxt:kraken" } },
};
const read = (): Profiles => profiles;

test("flags count before the environment, the environment before the profile in use, that before the default", () => {
  const said = { hubEnv: "https://env.example", profileEnv: "kraken" };
  expect(targetOf({ ...said, hubFlag: "https://flag.example" }, read)).toEqual({
    hub: "https://flag.example",
  });
  expect(targetOf({ ...said, profileFlag: "shop" }, read)).toMatchObject({
    hub: "https://shop.example",
    as: "alice",
  });
  // The alias of a profile belongs to its hub, and to no other.
  expect(targetOf(said, read)).toEqual({ hub: "https://env.example" });
  expect(targetOf({ profileEnv: "kraken" }, read)).toEqual({ profile: "kraken", hub: "ccxt:kraken" });
  expect(targetOf({}, read)).toMatchObject({ profile: "shop", hub: "https://shop.example" });
  expect(targetOf({}, () => ({ byName: {} }))).toEqual({ hub: DEFAULT_HUB });
  expect(() => targetOf({ profileFlag: "nobody" }, read)).toThrow(/there are: shop, kraken/);
  expect(() => targetOf({ profileFlag: "constructor" }, read)).toThrow(/no profile constructor/);
});
