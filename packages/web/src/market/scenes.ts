import type { Page } from "playwright-core";
import { paths } from "../app/paths.ts";
import { sizes } from "../testing/browser.ts";
import type { Scene } from "../testing/scenes.ts";
import { t } from "../texts/index.ts";
import { busyMarket, tradeABit } from "./busy-market.ts";

const words = t.market;
const path = `${paths.market}/BTC-USD`;

/** On a phone the parts are tabs; on a wide screen all of them are there. */
export const showPart = async (page: Page, part: keyof typeof words.tabs): Promise<void> => {
  if (page.viewportSize()!.width <= sizes.phone.width)
    await page.getByRole("tab", { name: words.tabs[part], exact: true }).click();
};

const liveBook = (page: Page): Promise<void> => page.locator("table[data-seq]").waitFor();

export const marketScenes: readonly Scene[] = [
  { name: "market-empty", path: `${paths.market}/BTC-CAD`, as: "owner" },
  {
    name: "market",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await liveBook(page);
      await page.locator("tbody[data-side=bids] button").first().waitFor();
    },
  },
  {
    name: "market-order",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await page.locator("tbody[data-side=asks] button").last().click();
      await page.getByLabel(t.market.order.amount, { exact: true }).fill("0.1");
      await page.locator("[data-terms]").waitFor();
    },
  },
  {
    name: "market-more",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "order");
      await page.getByRole("radio", { name: words.order.sell("BTC") }).check();
      await page.getByLabel(words.order.price, { exact: true }).fill("65000.01");
      await page.getByLabel(words.order.amount, { exact: true }).fill("0.00000001");
      await page.getByText(words.order.more, { exact: true }).click();
      await page.getByRole("checkbox", { name: words.order.postOnly }).check();
      await page.getByText(words.order.tooLittle).waitFor();
    },
  },
  {
    name: "market-now",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "order");
      await page.getByRole("radio", { name: words.order.sell("BTC") }).check();
      await page.getByRole("radio", { name: words.order.now }).check();
      await page.getByLabel(words.order.amount, { exact: true }).fill("1.22222222");
      await page.locator("[data-terms]").waitFor();
    },
  },
  {
    name: "market-chart",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "chart");
      await page.locator("[data-candles] canvas").first().waitFor();
    },
  },
  {
    name: "market-depth",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "chart");
      await page.getByRole("tab", { name: words.chart.depth }).click();
      await page.locator("figure svg").waitFor();
    },
  },
  {
    name: "market-mine",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "mine");
      await page.getByRole("button", { name: words.mine.amend }).first().waitFor();
    },
  },
  {
    name: "market-amend",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "mine");
      await page.getByRole("button", { name: words.mine.amend }).first().click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "market-fills",
    path,
    as: "owner",
    before: async (page, { hub, account }) => {
      await tradeABit(hub, account);
      await showPart(page, "mine");
      await page.getByRole("tab", { name: words.mine.fills }).click();
      await page.getByRole("table", { name: words.mine.fills }).waitFor();
    },
  },
  {
    name: "market-stranger",
    path,
    as: "stranger",
    before: async (page, { hub }) => {
      await busyMarket(hub);
      await showPart(page, "order");
      await page.getByRole("link", { name: words.order.begin, exact: true }).last().waitFor();
    },
  },
];
