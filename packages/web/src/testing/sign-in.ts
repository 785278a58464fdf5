import type { Page } from "playwright-core";
import { keyLinkAt } from "../session/key-text.ts";
import type { Preset } from "../session/permissions.ts";
import { t } from "../texts/index.ts";
import type { TestAccount } from "./hub.ts";

/** Signs a browser in to an account that the test has a key of, as a recovery sheet would. */
export const signIn = async (
  page: Page,
  { credentials }: Pick<TestAccount, "credentials">,
  preset: Preset = "everyday",
): Promise<void> => {
  // The fragment alone would not load the page anew. A new page need not go there: that costs it another process.
  if (page.url() !== "about:blank") await page.goto("about:blank");
  await page.goto(keyLinkAt("", credentials));
  await page.getByRole("radio", { name: t.session.consent.presets[preset].name }).check();
  await page.getByRole("button", { name: t.session.consent.agree }).click();
  await page.getByRole("heading", { level: 1, name: t.app.home.title }).waitFor();
};
