import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import type axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Widths at which every page must be good. */
export const sizes = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1440, height: 900 },
} as const;
export type Size = keyof typeof sizes;
export type Theme = "light" | "dark";

// Without them Chromium looks for its maker's hosts at every start.
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera that shows a moving picture, and no question about it.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** CHROMIUM names one; else the first on the PATH. */
const findChromium = (): string => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  const path = process.env.CHROMIUM ?? found;
  if (path === undefined)
    throw new Error(
      "The page is tried in a real browser, and there is no Chromium on the PATH: install one, or let CHROMIUM name it.",
    );
  return path;
};

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: ARGS });

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /**
   * What must not happen and did: errors on the console, uncaught ones, what the Content-Security-Policy stopped, and requests to other
   * hosts. Chromium also writes to the console whatever the hub refuses; that is no error of the page's.
   */
  readonly troubles: readonly string[];
  /** Fails if there is any trouble. */
  readonly check: () => void;
  readonly close: () => Promise<void>;
}

export interface VisitorOptions {
  readonly size?: Size;
  readonly dark?: boolean;
  /** Where the person stands. */
  readonly place?: { readonly latitude: number; readonly longitude: number };
  /** The page's service worker is at work. Else it is not: calls that it lets pass may escape `page.route`. */
  readonly installs?: boolean;
}

/** A person with a browser of their own, at the hub's page. */
export const newVisitor = async (
  browser: Browser,
  url: string,
  { size = "phone", dark = false, place, installs = false }: VisitorOptions = {},
): Promise<Visitor> => {
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    serviceWorkers: installs ? "allow" : "block",
    baseURL: url,
    locale: "en-GB",
    timezoneId: "UTC",
    permissions: ["clipboard-read", "clipboard-write", "camera", ...(place ? ["geolocation"] : [])],
    ...(place ? { geolocation: place } : {}),
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`uncaught: ${error.message}`));
  await page.exposeFunction("tellViolation", (text: string) => troubles.push(`policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      (window as unknown as { tellViolation: (text: string) => void }).tellViolation(
        `${event.violatedDirective} ${event.blockedURI}`,
      ),
    );
  });
  const { origin } = new URL(url);
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (/^https?:$/.test(asked.protocol) && asked.origin !== origin)
      troubles.push(`elsewhere: ${request.url()}`);
  });
  return {
    page,
    context,
    troubles,
    check: () => {
      if (troubles.length > 0) throw new Error(`the page had trouble:\n${troubles.join("\n")}`);
    },
    close: () => context.close(),
  };
};

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Axe's rules that colours decide, among those that run by themselves: its category cat.color. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** What axe finds on the page as it stands, a line each. */
const axeFindings = async (page: Page, options: axe.RunOptions): Promise<string[]> => {
  // Axe is told of no frames here, and would pass over what is in one.
  if (page.frames().length > 1) return ["there is a frame, into which axe does not look"];
  const isThere = await page.evaluate(() => "run" in ((window as { axe?: object }).axe ?? {}));
  if (!isThere) await page.evaluate(AXE);
  return page.evaluate(async (asked) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, asked);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
    );
  }, options);
};

const failIfAny = (page: Page, found: readonly string[]): void => {
  if (found.length > 0) throw new Error(`${page.url()} is not accessible:\n${found.join("\n")}`);
};

const tooWide = async (page: Page): Promise<string[]> => {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return overflow > 0 ? [`the page is ${overflow} px wider than the window`] : [];
};

/** Fails with all that axe finds on the page as it stands, and if the page is wider than the window. */
export const checkAccessible = async (page: Page): Promise<void> => {
  const found = await axeFindings(page, { resultTypes: ["violations"] });
  failIfAny(page, [...found, ...(await tooWide(page))]);
};

/**
 * Looks at the page in the other theme, and leaves it in its own. Themes differ in colours alone (`light-dark()` in style.css), so that
 * axe's other rules cannot find there what they did not find before.
 */
export const checkOtherTheme = async (page: Page, own: Theme): Promise<void> => {
  await page.emulateMedia({ colorScheme: own === "light" ? "dark" : "light" });
  const found = await axeFindings(page, { runOnly: COLOUR_RULES, resultTypes: ["violations"] });
  found.push(...(await tooWide(page)));
  await page.emulateMedia({ colorScheme: own });
  failIfAny(page, found);
};
