import { paths } from "../app/paths.ts";
import { outsideInvoice } from "../testing/outside-invoice.ts";
import type { Scene } from "../testing/scenes.ts";
import { t } from "../texts/index.ts";

const words = t.nearby;
type Before = NonNullable<Scene["before"]>;

const located: Before = async (page) => {
  const use = page.getByRole("button", { name: words.place.use });
  const device = page.getByText(words.place.device);
  await use.or(device).first().waitFor();
  if (await use.isVisible()) await use.click();
  await device.waitFor();
};

// Around 45.5089, -73.5617.
const TILLS = [
  {
    amount: "3.42",
    currency: "USD",
    memo: "Two espressos",
    lat: "45.50893",
    lng: "-73.56168",
    random: "417",
  },
  {
    amount: "0.00000001",
    currency: "BTC",
    memo: "A sweet",
    lat: "45.51010",
    lng: "-73.56300",
    random: "052",
  },
  {
    amount: "20999.99999999",
    currency: "BTC",
    memo: "The whole street, ".repeat(20),
    lat: "45.50700",
    lng: "-73.56000",
    random: "903",
  },
  { amount: "7.00", currency: "CAD", memo: "Bagels", lat: "45.50800", lng: "-73.56500", random: "118" },
  { amount: "7.00", currency: "CAD", memo: "Bagels", lat: "45.50801", lng: "-73.56499", random: "118" },
] as const;

/** All tills of the street, once for each hub. */
const post = async ({ hub }: Parameters<Before>[1]): Promise<void> => {
  const { invoices } = await hub.hub.call("search-invoices", { random: "903" });
  if (invoices.length > 0) return;
  const shop = await hub.newAccount();
  const expires_t = Date.now() + 3 * 3_600_000;
  for (const till of TILLS) await shop.hub.call("new-invoice", { ...till, expires_t });
  const { invoice_json, signature } = outsideInvoice({
    info: {
      memo: "Says that it is the café",
      lat: "45.50960",
      lng: "-73.56100",
      random: "777",
      t: Date.now(),
      expires_t,
    },
  });
  await hub.hub.call("broadcast-invoice", { invoice_json, signature });
};

const posted: Before = async (page, at) => {
  await post(at);
  await located(page, at);
  await page.getByText("Two espressos").first().waitFor();
  await page.getByText(words.checking).waitFor({ state: "hidden" });
};

const lookAt =
  (memo: string): Before =>
  async (page, at) => {
    await posted(page, at);
    await page.getByRole("listitem").filter({ hasText: memo }).first().getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: words.details }).waitFor();
    await page.getByText(words.address, { exact: true }).waitFor();
  };

export const nearbyScenes: readonly Scene[] = [
  { name: "nearby-stranger", path: paths.nearby, as: "stranger" },
  { name: "nearby-no-place", path: paths.nearby, as: "owner" },
  {
    name: "nearby-empty",
    path: paths.nearby,
    as: "owner",
    before: async (page) => {
      await page.getByLabel(words.code, { exact: true }).fill("000000");
      await page.getByText(words.emptyTitle).waitFor();
      await page.getByLabel(words.code, { exact: true }).fill("");
    },
  },
  { name: "nearby", path: paths.nearby, as: "owner", before: posted },
  { name: "nearby-details", path: paths.nearby, as: "owner", before: lookAt("Two espressos") },
  { name: "nearby-ambiguous", path: paths.nearby, as: "owner", before: lookAt("Bagels") },
  { name: "nearby-unconfirmed", path: paths.nearby, as: "owner", before: lookAt("Says that") },
  {
    name: "nearby-paid",
    path: paths.nearby,
    as: "owner",
    before: async (page, at) => {
      const shop = await at.hub.newAccount();
      const memo = `Ice cream ${Math.random()}`;
      await shop.hub.call("new-invoice", {
        amount: "2.50",
        currency: "USD",
        memo,
        lat: "45.50895",
        lng: "-73.56170",
        random: "5",
      });
      await located(page, at);
      await page.getByRole("listitem").filter({ hasText: memo }).getByRole("button").click();
      await page.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
    },
  },
  {
    name: "nearby-code-only",
    path: paths.nearby,
    as: "stranger",
    before: async (page, at) => {
      await post(at);
      await page.getByLabel(words.code, { exact: true }).fill("417");
      await page.getByText("Two espressos").first().waitFor();
    },
  },
];
