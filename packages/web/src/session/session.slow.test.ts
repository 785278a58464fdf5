import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { checkAccessible, type VisitorOptions } from "../testing/browser.ts";
import type { PageHub } from "../testing/hub.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";
import { keyLinkAt, readKey } from "./key-text.ts";

const visits = startVisits();
let hub: PageHub;
beforeAll(() => {
  hub = visits.hub;
});

const visit = async (options?: VisitorOptions): Promise<Page> => (await visits.visit(options)).page;

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();
const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const choose = (page: Page, name: string): Promise<void> => page.getByRole("radio", { name }).check();
const navigationOf = async (page: Page): Promise<string[]> =>
  (await page.getByRole("navigation").filter({ visible: true }).getByRole("link").allTextContents()).filter(
    Boolean,
  );

/** What the browser keeps of its keys: whether script could read them out. */
const keptKeys = (page: Page): Promise<{ extractable: boolean; permissions: string[]; expires: boolean }[]> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("coinholder");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const asked = opening.result.transaction("accounts").objectStore("accounts").getAll();
          asked.onsuccess = () =>
            resolve(
              asked.result.map(({ key, permissions, expires_t }) => ({
                extractable: (key as CryptoKey).extractable,
                permissions,
                expires: expires_t !== undefined,
              })),
            );
        };
      }),
  );

const { begin, create, consent, sheet, ended, keys, accounts, incoming } = t.session;

test("an account without a password: made, agreed to, sheet printed, a reload in each step loses nothing, and the sheet opens it elsewhere", async () => {
  const page = await visit();
  await page.goto("/");
  await page.getByRole("button", { name: begin.create }).click();
  await choose(page, create.withoutPassword);
  await press(page, create.submit);
  await heading(page, consent.title);
  await page.reload();
  await heading(page, consent.title);
  await checkAccessible(page);
  await press(page, consent.agree);
  await heading(page, sheet.stepTitle);
  await page.reload();
  await heading(page, sheet.stepTitle);
  await press(page, sheet.make);
  const text = (await page.locator("[data-recovery-key]").textContent())!;
  await checkAccessible(page);
  expect(await page.getByRole("button", { name: sheet.finish }).isDisabled()).toBe(true);
  await page.getByRole("checkbox", { name: sheet.stored }).check();
  await press(page, sheet.finish);
  await heading(page, t.app.home.title);
  await page.reload();
  await heading(page, t.app.home.title);
  expect(await keptKeys(page)).toEqual([
    { extractable: false, permissions: expect.arrayContaining(["send-btc"]), expires: true },
  ]);

  // Nothing of the first key is left but the sheet, this browser, and what is shown.
  const recovery = readKey(text)!;
  const { authkeys } = await hub.hub.as(recovery).call("my-authkeys");
  expect(authkeys.map(({ label }) => label).sort()).toEqual([
    expect.stringContaining("Browser"),
    sheet.label,
  ]);
  expect(
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
  ).not.toContain(recovery.key.slice(0, 20));

  const other = await visit({ size: "desktop" });
  await other.goto("/");
  await other.getByRole("button", { name: begin.withKey }).click();
  await other.getByRole("textbox").fill(text.replace(/(.{20})/g, "$1\n"));
  await press(other, t.session.withKey.submit);
  await choose(other, consent.presets.look.name);
  await press(other, consent.agree);
  await heading(other, t.app.home.title);
  const after = await hub.hub.as(recovery).call("my-authkeys");
  expect(after.authkeys).toHaveLength(3);
  expect(await keptKeys(other)).toHaveLength(1);
}, 180_000);

test("with a name and a password: made, signed out, signed in with limits, and the browser does no more than was agreed to", async () => {
  const page = await visit({ size: "desktop" });
  await page.goto("/");
  await page.getByRole("button", { name: begin.create }).click();
  await press(page, create.submit);
  await page.getByText(create.badName).first().waitFor();
  await page.getByRole("textbox", { name: create.name }).fill("ana");
  await page.getByLabel(create.password, { exact: true }).fill("correct horse");
  await press(page, create.submit);
  await press(page, consent.agree);
  await heading(page, t.app.home.title);
  await page
    .getByRole("button", { name: accounts.open("ana") })
    .filter({ visible: true })
    .click();
  await press(page, accounts.signOut);
  await press(page, accounts.signOut);
  await page.getByRole("button", { name: begin.signIn }).click();
  await page.getByLabel(t.session.signIn.name).fill("ana");
  await page.getByLabel(t.session.signIn.password).fill("wrong horse");
  await press(page, t.session.signIn.submit);
  await page.getByText(t.session.signIn.wrong).waitFor();
  await page.getByLabel(t.session.signIn.password).fill("correct horse");
  await press(page, t.session.signIn.submit);
  await choose(page, consent.presets.till.name);
  await page.getByLabel(consent.lasts).selectOption("day");
  await press(page, consent.agree);
  await heading(page, t.app.home.title);
  expect(await navigationOf(page)).toEqual(["Home", "Till", "Keys", "Settings"]);
  const [kept] = await keptKeys(page);
  expect(kept).toMatchObject({ extractable: false, expires: true });
  expect(kept!.permissions).not.toContain("send-btc");
  expect(kept!.permissions).not.toContain("all");
  // By its address too.
  await page.goto(paths.wallet);
  await page.getByText(t.session.notAllowed).waitFor();
  // The first key and the one that was signed out are gone.
  const { authkeys } = await hub.hub.as({ name: "ana", pass: "correct horse" }).call("my-authkeys");
  expect(authkeys.map(({ type }) => type).sort()).toEqual(["hmac-sha256", "password"]);
}, 180_000);

test("a key that was ended elsewhere: every page says so, and asks to sign in again", async () => {
  const page = await visit();
  const account = await hub.newAccount();
  await signIn(page, account);
  const { authkeys } = await account.hub.call("my-authkeys");
  const browsers = authkeys.find(({ token }) => token !== account.credentials.token)!;
  await account.hub.call("revoke-authkey", { authkey_token: browsers.token });
  await page.goto(paths.home);
  await heading(page, ended.title);
  await page.getByText(ended.revoked).waitFor();
  await checkAccessible(page);
  await press(page, ended.again);
  await page.getByRole("button", { name: begin.signIn }).waitFor();
  expect(await keptKeys(page)).toEqual([]);
}, 120_000);

test("the stream tells that a key was ended while its page stands open", async () => {
  const page = await visit();
  const account = await hub.newAccount();
  await signIn(page, account);
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  const { authkeys } = await account.hub.call("my-authkeys");
  const browsers = authkeys.find(({ token }) => token !== account.credentials.token)!;
  await account.hub.call("revoke-authkey", { authkey_token: browsers.token });
  await heading(page, ended.title);
}, 120_000);

test("a till's key is made on one device and taken by another, which cleans its address and asks first", async () => {
  const owner = await visit({ size: "desktop" });
  const account = await hub.newAccount();
  await signIn(owner, account, "everyday");
  await owner.goto(paths.keys);
  await owner.getByLabel(keys.tillName).fill("Till at the door");
  await press(owner, keys.tillMake);
  await press(owner, keys.tillCopy);
  const link = await owner.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash).toMatch(/^#key=ac-/);
  await press(owner, t.ui.close);

  const till = await visit();
  await till.goto(link);
  await heading(till, incoming.title);
  expect(till.url()).toBe(`${hub.url}/`);
  await till.getByText(account.account).waitFor();
  expect(await keptKeys(till)).toEqual([]);
  await press(till, incoming.accept);
  await heading(till, t.app.home.title);
  expect((await keptKeys(till))[0]).toMatchObject({ extractable: false, expires: true });
  expect(await navigationOf(till)).toEqual(["Home", "Till", "Keys", "Settings"]);

  // Ended by its owner, listed by its name.
  await owner.getByRole("button", { name: keys.revokeOf("Till at the door") }).click();
  await press(owner, keys.revokeYes);
  await owner.getByText(keys.revoked).waitFor();
  await till.goto(paths.till);
  await till.goto(paths.keys);
  await heading(till, ended.title);
}, 180_000);

test("a link with a key that the hub does not take says so, and is forgotten", async () => {
  const page = await visit();
  const { credentials } = await hub.newAccount();
  await page.goto(keyLinkAt("", { ...credentials, key: Buffer.alloc(32, 1).toString("base64") }));
  await page.getByRole("alert").waitFor();
  await press(page, incoming.refuse);
  await page.getByRole("button", { name: begin.signIn }).waitFor();
}, 120_000);

test("a link whose key nobody can read opens the page all the same, and its address is cleaned", async () => {
  const page = await visit();
  await page.goto("/#key=%E0%A4%A");
  await page.getByRole("button", { name: begin.signIn }).waitFor();
  expect(new URL(page.url()).hash).toBe("");
}, 120_000);

test("a tab keeps its account over a reload, whichever another tab has chosen since: nobody pays from the wrong one", async () => {
  const page = await visit();
  const [first, second] = [await hub.newAccount(), await hub.newAccount()];
  await hub.give(first, "USD", "11.00");
  await hub.give(second, "USD", "22.00");
  await signIn(page, first);
  await page.getByText("11.00").first().waitFor();
  const beside = await page.context().newPage();
  await signIn(beside, second);
  await beside.getByText("22.00").first().waitFor();
  await page.reload();
  await page
    .getByText(/11\.00|22\.00/)
    .first()
    .waitFor();
  expect(await page.getByText("11.00").count()).toBeGreaterThan(0);
  // One that is new has what was chosen last; and so has one whose account is gone.
  const third = await page.context().newPage();
  await third.goto("/");
  await third.getByText("11.00").first().waitFor();
}, 120_000);

test("several accounts in one browser: each with its own balance, and signing out of one leaves the other", async () => {
  const page = await visit();
  const first = await hub.newAccount();
  const second = await hub.newAccount();
  await hub.give(second, "USD", "77.00");
  await signIn(page, first, "everyday");
  await signIn(page, second, "look");
  await page.getByText("77.00").first().waitFor();
  const open = (): Promise<void> =>
    page
      .getByRole("button", { name: accounts.open("").split(":")[0]! })
      .filter({ visible: true })
      .click();
  await open();
  await page.getByRole("dialog").getByText(first.account).click();
  await page.getByText(t.app.home.nothingYet).waitFor();
  await open();
  await press(page, accounts.signOut);
  await press(page, accounts.signOut);
  await page.getByText("77.00").first().waitFor();
  expect((await first.hub.call("my-authkeys")).authkeys).toHaveLength(1);
}, 120_000);

test("a recovery sheet never ends without saying so: the password makes one for good, a key that ends one that says when", async () => {
  const page = await visit();
  const account = await hub.newAccount({ name: "petra", pass: "correct horse" });
  await signIn(page, account, "everything");
  const make = async (pass: string): Promise<string> => {
    await page.goto(paths.recovery);
    await page.getByText(sheet.wouldEnd).waitFor();
    await page.getByLabel(t.session.signIn.password).fill(pass);
    await press(page, sheet.make);
    await page.locator("[data-recovery-key]").waitFor();
    return (await page.getByText(sheet.until).count()) > 0 ? "ends" : "for good";
  };
  expect(await make("")).toBe("ends");
  expect(await make("correct horse")).toBe("for good");
  const { authkeys } = await account.hub.call("my-authkeys");
  const sheets = authkeys.filter(({ label }) => label === sheet.label);
  expect(sheets.map(({ expires_t }) => expires_t !== undefined).sort()).toEqual([false, true]);
}, 120_000);

/** Names of what the browser has stored of an account. */
const notesOf = (page: Page, account: string): Promise<string[]> =>
  page.evaluate(
    (of) =>
      [localStorage, sessionStorage].flatMap((storage) =>
        Object.entries(storage).flatMap(([name, value]) =>
          name.includes(of) || String(value).includes(of) ? [name] : [],
        ),
      ),
    account,
  );

const leave = async (page: Page): Promise<void> => {
  await page
    .getByRole("button", { name: /Switch or sign out/ })
    .filter({ visible: true })
    .click();
  await press(page, accounts.signOut);
};

test("signing out in one tab shows in the others at once, and takes what they and the browser noted of the account", async () => {
  const { page, context } = await visits.visit();
  const account = await hub.newAccount();
  await signIn(page, account);
  await page.goto(`${paths.wallet}/receive`);
  await page
    .getByText(/^bcrt1/)
    .first()
    .waitFor();
  const other = await context.newPage();
  await other.goto(`${paths.wallet}/send`);
  await other.getByLabel(t.wallet.sending.to).fill("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080");
  expect(await notesOf(page, account.account)).not.toEqual([]);
  expect(await notesOf(other, account.account)).not.toEqual([]);
  // Without its stream and without a call the other tab hears it all the same.
  await other.route(/\/api\//, (route) => route.abort());
  await leave(page);
  await page.getByText(accounts.signOutText).waitFor();
  await checkAccessible(page);
  await press(page, accounts.signOut);
  await heading(other, ended.title);
  await other.getByText(ended.signedOut).waitFor();
  expect(await keptKeys(page)).toEqual([]);
  for (const one of [page, other]) expect(await notesOf(one, account.account)).toEqual([]);
  await press(other, ended.again);
  await other.getByRole("button", { name: begin.signIn }).waitFor();
}, 120_000);

test("a payment that was never answered is kept when its owner signs out, and the page says so", async () => {
  const { page } = await visits.visit();
  const account = await hub.newAccount();
  await signIn(page, account);
  const name = `coinholder.unfinished:${account.account}:wallet-send`;
  await page.evaluate(
    (place) =>
      localStorage.setItem(
        place,
        JSON.stringify([
          {
            name: "send-btc",
            params: { to_btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", amount: "0.01" },
            client_id: "page-1",
            t: Date.now(),
          },
        ]),
      ),
    name,
  );
  await leave(page);
  await page.getByText(accounts.signOutUnanswered(1)).waitFor();
  await press(page, accounts.signOut);
  await page.getByText(accounts.signedOut).waitFor();
  expect(await notesOf(page, account.account)).toEqual([name]);
  expect(await keptKeys(page)).toEqual([]);
}, 120_000);

test("an account whose answer was lost is found by its name and password: none is left behind, and none is made twice", async () => {
  const { page } = await visits.visit();
  let lost = 0;
  await page.route("**/api/create-account", async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.goto(paths.begin);
  await page.getByRole("button", { name: begin.create }).click();
  await page.getByRole("textbox", { name: create.name }).fill("lost-answer");
  await page.getByLabel(create.password, { exact: true }).fill("correct horse");
  await press(page, create.submit);
  await heading(page, consent.title);
  await press(page, consent.agree);
  await heading(page, t.app.home.title);
  expect(lost).toBe(1);

  // Who comes later is told that the name is taken, also with the same password: the account is somebody else's.
  const other = await visit();
  const tried: string[] = [];
  other.on("request", (request) => tried.push(new URL(request.url()).pathname));
  await other.goto(paths.begin);
  await other.getByRole("button", { name: begin.create }).click();
  await other.getByRole("textbox", { name: create.name }).fill("lost-answer");
  await other.getByLabel(create.password, { exact: true }).fill("correct horse");
  await press(other, create.submit);
  await other.getByText("Another account has that name.").waitFor();
  expect(tried).toContain("/api/create-account");
  expect(tried, "no password is tried on a stranger's name").not.toContain("/api/my-authkeys");
}, 120_000);

test("an account whose answer was lost with the connection is found after a reload of the page, by the same name and password", async () => {
  const { page } = await visits.visit();
  await page.route("**/api/create-account", async (route) => {
    await route.fetch();
    return route.abort();
  });
  await page.route("**/api/my-authkeys", (route) => route.abort());
  const fill = async (pass: string): Promise<void> => {
    await page.getByRole("textbox", { name: create.name }).fill("lost-line");
    await page.getByLabel(create.password, { exact: true }).fill(pass);
    await press(page, create.submit);
  };
  await page.goto(paths.begin);
  await page.getByRole("button", { name: begin.create }).click();
  await fill("correct horse");
  await page.getByRole("alert").first().waitFor();

  await page.unroute("**/api/create-account");
  await page.unroute("**/api/my-authkeys");
  await page.reload();
  await page.getByRole("button", { name: begin.create }).click();
  await fill("wrong horse");
  await page.getByText("Another account has that name.").waitFor();
  await fill("correct horse");
  await heading(page, consent.title);
}, 120_000);
