import type { Page } from "playwright-core";

/**
 * The hub gets the calls of a function and carries them out; their answers never come, until `page.unroute`.
 * A page that goes away meanwhile, or a hub that does, takes the call with it: then there is nothing left to cut off.
 */
export const loseAnswers = async (page: Page, fn: string): Promise<void> => {
  await page.route(`**/api/${fn}`, async (route) => {
    await route.fetch({ timeout: 10_000 }).catch(() => undefined);
    await route.abort("connectionreset").catch(() => undefined);
  });
};
