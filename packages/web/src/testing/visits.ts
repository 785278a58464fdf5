import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser, newVisitor, type Visitor, type VisitorOptions } from "./browser.ts";
import { type PageHub, startPageHub } from "./hub.ts";
import { type Pair, startPair } from "./pair.ts";

interface VisitsAt<H> {
  /** From the first test on. */
  readonly started: H;
  readonly browser: Browser;
  readonly visitAt: (url: string, options?: VisitorOptions) => Promise<Visitor>;
}

/** What is started and a browser, for the tests of one file. What troubles a visitor's page fails the test that it was in, at its end. */
const visitsAt = <H extends { readonly end: () => Promise<void> }>(start: () => Promise<H>): VisitsAt<H> => {
  let started: H;
  let browser: Browser;
  const visitors: Visitor[] = [];
  beforeAll(async () => {
    [started, browser] = await Promise.all([start(), launchBrowser()]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await started?.end();
  });
  afterEach(async () => {
    for (const { check, close } of visitors.splice(0)) {
      check();
      await close();
    }
  });
  return {
    get started() {
      return started;
    },
    get browser() {
      return browser;
    },
    visitAt: async (url, options = {}) => {
      const visitor = await newVisitor(browser, url, options);
      visitors.push(visitor);
      return visitor;
    },
  };
};

export interface Visits {
  /** From the first test on. */
  readonly hub: PageHub;
  readonly browser: Browser;
  /** Another person at the hub's page. */
  readonly visit: (options?: VisitorOptions) => Promise<Visitor>;
}

/** A hub and a browser for the tests of one file. `config`: as of `startPageHub`. */
export const startVisits = (config: object = {}): Visits => {
  const visits = visitsAt(() => startPageHub(config));
  return {
    get hub() {
      return visits.started;
    },
    get browser() {
      return visits.browser;
    },
    visit: (options) => visits.visitAt(visits.started.url, options),
  };
};

export interface PairVisits {
  /** From the first test on. */
  readonly pair: Pair;
  readonly visitAt: (url: string, options?: VisitorOptions) => Promise<Visitor>;
}

/** Two hubs that know each other, and a browser. */
export const startPairVisits = (options?: Parameters<typeof startPair>[0]): PairVisits => {
  const visits = visitsAt(() => startPair(options));
  return {
    get pair() {
      return visits.started;
    },
    visitAt: visits.visitAt,
  };
};
