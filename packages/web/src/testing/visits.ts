import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser, newVisitor, type Visitor, type VisitorOptions } from "./browser.ts";
import { type PageHub, startPageHub } from "./hub.ts";

export interface Visits {
  /** From the first test on. */
  readonly hub: PageHub;
  readonly browser: Browser;
  /** Another person at the hub's page. What troubles that page fails the test that it was in, at its end. */
  readonly visit: (options?: VisitorOptions) => Promise<Visitor>;
}

/** A hub and a browser for the tests of one file. `config`: as of `startPageHub`. */
export const startVisits = (config: object = {}): Visits => {
  let hub: PageHub;
  let browser: Browser;
  const visitors: Visitor[] = [];
  beforeAll(async () => {
    [hub, browser] = await Promise.all([startPageHub(config), launchBrowser()]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await hub?.end();
  });
  afterEach(async () => {
    for (const { check, close } of visitors.splice(0)) {
      check();
      await close();
    }
  });
  return {
    get hub() {
      return hub;
    },
    get browser() {
      return browser;
    },
    visit: async (options = {}) => {
      const visitor = await newVisitor(browser, hub.url, options);
      visitors.push(visitor);
      return visitor;
    },
  };
};
