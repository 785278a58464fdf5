import { readFile } from "node:fs/promises";
import { allTransfers, wholeStatement } from "@coinholder/client";
import { statementCsv, transfersCsv } from "@coinholder/protocol";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { partedText } from "../hub/money.ts";
import { checkAccessible, newVisitor } from "../testing/browser.ts";
import { type PageHub, startPageHub, type TestAccount, until } from "../testing/hub.ts";
import { loseAnswers } from "../testing/lost-answers.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";
import { ELSEWHERE } from "./scenes.ts";
import { views } from "./views.ts";

const visits = startVisits({ final_after: 2 });
let hub: PageHub;
beforeAll(() => {
  hub = visits.hub;
});

const { visit } = visits;
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();
const { sending, receiving, statuses } = t.wallet;
const status = (page: Page, name: keyof typeof statuses): Promise<void> =>
  page.locator(`[data-status=${name}]`).waitFor();

const rich = async (btc = "1.00"): Promise<TestAccount> => {
  const account = await hub.newAccount();
  await hub.give(account, "BTC", btc);
  return account;
};
const btcOf = async ({ hub: own }: TestAccount): Promise<string> =>
  (await own.call("my-balance")).available.btc ?? "0.00";
const outgoing = async ({ hub: own }: TestAccount) =>
  (await own.call("my-transfers")).transfers.filter(({ direction }) => direction === "out");

const fillSend = async (page: Page, to: string, amount: string): Promise<void> => {
  await page.goto(views.send);
  await page.getByLabel(sending.to, { exact: true }).fill(to);
  await page.getByLabel(t.ui.amount, { exact: true }).fill(amount);
  await press(page, sending.go);
  await page.locator("[data-debit]").waitFor();
};
const debitShown = async (page: Page): Promise<string> =>
  (await page.locator("[data-debit]").getAttribute("data-debit"))!;
const minesUntil = async (page: Page, name: keyof typeof statuses): Promise<void> => {
  for (let i = 0; i < 20 && (await page.locator(`[data-status=${name}]`).count()) === 0; i++) {
    await hub.chain("devchain_mine", 1);
    await page.waitForTimeout(500);
  }
  await status(page, name);
};

describe("receiving", () => {
  test("a deposit is seen as it arrives and counts after a block, without a reload; then another address is offered", async () => {
    const { page } = await visit();
    const account = await hub.newAccount();
    await signIn(page, account);
    await page.goto(views.receive);
    const shown = page.locator("[data-address]");
    const address = (await shown.getAttribute("data-address"))!;
    await page.getByText(receiving.nothingYet).waitFor();
    // The same until it is paid, over a reload too, with what was asked for.
    await page.getByLabel(receiving.amount, { exact: true }).fill("0.5");
    const label = `</script><script>alert(1)</script> Ana & Ben`;
    await page.getByLabel(receiving.label).fill(label);
    await page.reload();
    await shown.waitFor();
    expect(await shown.getAttribute("data-address")).toBe(address);
    expect(await page.getByLabel(receiving.label).inputValue()).toBe(label);
    await press(page, receiving.copyLink);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`bitcoin:${address}?amount=0.50&label=${encodeURIComponent(label)}`);
    await page.getByRole("img", { name: t.ui.qrOf(receiving.code("0.50")) }).waitFor();
    await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });

    await hub.chain("devchain_fund", address, "0.5");
    await page.locator("[data-transfer]").waitFor();
    expect((await account.hub.call("my-balance")).pending.btc).toBe("0.50");
    await checkAccessible(page);
    await hub.chain("devchain_mine", 1);
    await page.getByText(receiving.counted).waitFor();
    expect(await btcOf(account)).toBe("0.50");
    await press(page, receiving.another);
    await page.getByText(receiving.nothingYet).waitFor();
    expect(await shown.getAttribute("data-address")).not.toBe(address);
  }, 180_000);

  test("what is on its way stands in the wallet, and moves to what is available by itself", async () => {
    const { page } = await visit({ size: "desktop" });
    const account = await hub.newAccount();
    await signIn(page, account);
    await page.goto("/wallet");
    await page.getByText(t.wallet.balances.nothing).waitFor();
    await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
    const { btc_address } = await account.hub.call("new-btc-address");
    await hub.chain("devchain_fund", btc_address, "0.00000600");
    const balance = page.locator("[data-balance=BTC]");
    await balance.filter({ hasText: "0.000006" }).waitFor();
    await page.getByText(statuses.pending, { exact: true }).waitFor();
    await hub.chain("devchain_mine", 1);
    await page.getByText(statuses.pending, { exact: true }).waitFor({ state: "detached" });
    expect(await btcOf(account)).toBe("0.000006");
  }, 180_000);
});

test("a deposit and a payment by chain show how many blocks they have, and how many they need", async () => {
  const careful = await startPageHub({ confirmations: 3, final_after: 3 });
  const visitor = await newVisitor(visits.browser, careful.url);
  const { page } = visitor;
  const account = await careful.newAccount();
  await signIn(page, account);
  await page.goto(views.receive);
  const address = await page.locator("[data-address]").getAttribute("data-address");
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  await careful.chain("devchain_fund", address, "0.5");
  await page.locator("[data-transfer]").waitFor();
  const deepens = async (): Promise<void> => {
    for (const n of [1, 2]) {
      await careful.chain("devchain_mine", 1);
      await page.getByText(t.wallet.confirmationsOf(n, 3), { exact: true }).waitFor();
    }
    await careful.chain("devchain_mine", 1);
  };
  await deepens();
  await page.getByText(receiving.counted).waitFor();
  const { transfer_id } = await account.hub.call("send-btc", { to_btc_address: ELSEWHERE, amount: "0.2" });
  await page.goto(views.payment(transfer_id!));
  await status(page, "broadcast");
  await deepens();
  await status(page, "final");
  visitor.check();
  await visitor.close();
  await careful.end();
}, 180_000);

describe("sending", () => {
  test("to an address of the chain: the debit is the one that was shown, and the payment is followed until it is final", async () => {
    const { page } = await visit();
    const account = await rich();
    await signIn(page, account);
    const label = `</script><img src=x onerror=alert(1)>`;
    await page.goto(views.send);
    const link = `bitcoin:${ELSEWHERE}?amount=0.25&label=${encodeURIComponent(label)}`;
    await page.evaluate((text) => navigator.clipboard.writeText(text), link);
    await press(page, sending.paste);
    await page.getByText(label).waitFor();
    expect(await page.getByLabel(t.ui.amount, { exact: true }).inputValue()).toBe("0.25");
    await press(page, sending.go);
    await page.getByText(label).waitFor();
    await checkAccessible(page);
    // A reload at the confirmation: everything is there, with a fee asked for anew.
    await page.reload();
    await page.locator("[data-debit]").waitFor();
    await page.getByText(label).waitFor();
    const debit = await debitShown(page);
    await press(page, sending.submit("0.25"));
    await page.locator("[data-status]").waitFor();
    const [sent] = await outgoing(account);
    expect(page.url()).toBe(`${hub.url}${views.payment(sent!.transfer_id)}`);
    await status(page, "broadcast");
    await page.reload();
    await status(page, "broadcast");
    await minesUntil(page, "confirmed");
    await minesUntil(page, "final");
    await checkAccessible(page);
    const rest = await btcOf(account);
    const sat = (text: string): bigint =>
      BigInt(text.replace(/^(\d+)\.(\d+)$/, (_, a, b) => a + b.padEnd(8, "0")));
    expect(sat("1.00") - sat(rest)).toBe(sat(debit));
    expect(await outgoing(account)).toHaveLength(1);
    // The form is empty again.
    await page.goto(views.send);
    expect(await page.getByLabel(sending.to, { exact: true }).inputValue()).toBe("");
  }, 240_000);

  test("all of it, less the fee", async () => {
    const { page } = await visit({ size: "desktop" });
    const account = await rich("0.30");
    await signIn(page, account);
    await page.goto(views.send);
    await page.getByLabel(sending.to, { exact: true }).fill(ELSEWHERE);
    await page.getByRole("button", { name: t.ui.all, exact: true }).click();
    await press(page, sending.go);
    await page.locator("[data-debit]").waitFor();
    expect(await debitShown(page)).toBe("0.30");
    await page.getByRole("button", { name: /^Send 0\.2/ }).click();
    await page.locator("[data-status]").waitFor();
    expect(await account.hub.call("my-balance")).toMatchObject({ available: {}, held: { btc: "0.30" } });
  }, 180_000);

  test("inside the hub: at once and without a fee; the payee sees it without a reload", async () => {
    const payer = await rich();
    const payee = await hub.newAccount();
    const { page } = await visit();
    const { page: theirs } = await visit({ size: "desktop" });
    await signIn(page, payer);
    await signIn(theirs, payee);
    await theirs.goto(views.receive);
    const address = (await theirs.locator("[data-address]").getAttribute("data-address"))!;
    await theirs.locator("[data-connection=live]").first().waitFor({ state: "attached" });
    await fillSend(page, address.toUpperCase(), "0.1");
    await page.getByText(sending.inside).waitFor();
    expect(await debitShown(page)).toBe("0.10");
    await press(page, sending.submit("0.10"));
    await status(page, "done");
    await theirs.getByText(receiving.counted).waitFor();
    expect([await btcOf(payer), await btcOf(payee)]).toEqual(["0.90", "0.10"]);
  }, 180_000);

  test("what is refused is said at the field that is to be changed", async () => {
    const { page } = await visit();
    const account = await rich("0.10");
    await signIn(page, account);
    const own = (await account.hub.call("new-btc-address")).btc_address;
    await page.goto(views.send);
    const to = page.getByLabel(sending.to, { exact: true });
    const amount = page.getByLabel(t.ui.amount, { exact: true });
    const refused = async (text: string): Promise<void> => {
      await press(page, sending.go);
      await page.getByText(text).waitFor();
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
    };
    await refused(sending.noAddress);
    await to.fill(ELSEWHERE);
    await refused(t.ui.amountProblems.empty);
    await amount.fill("0.123456789");
    await refused(t.ui.amountProblems.too_precise(8));
    await amount.fill("0.01");
    await to.fill("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    await refused(sending.problems.wrong_network);
    await to.fill(`${ELSEWHERE.slice(0, -1)}q`);
    await refused(sending.problems.malformed);
    await to.fill(own);
    await refused(sending.problems.own_address);
    await to.fill(`bitcoin:${ELSEWHERE}?req-pay=now`);
    await refused(sending.links.required("req-pay"));
    await to.fill(ELSEWHERE);
    await amount.fill("0.00000100");
    await refused(sending.problems.dust(partedText("0.00000294")));
    await checkAccessible(page);
    // More than there is: told before it is tried.
    await amount.fill("0.10");
    await press(page, sending.go);
    await page.getByText(sending.tooMuch("0.10")).waitFor();
    await press(page, sending.sendAll);
    await page.getByRole("button", { name: /^Send 0\.09/ }).waitFor();
    expect(await outgoing(account)).toHaveLength(0);
  }, 180_000);
});

describe("a payment whose answer never comes", () => {
  test("the network goes away as it is sent, and the page is loaded again: it is asked for again, and paid once", async () => {
    const { page, context } = await visit();
    const account = await rich();
    const payee = await hub.newAccount();
    await signIn(page, account);
    const { btc_address } = await payee.hub.call("new-btc-address");
    await fillSend(page, btc_address, "0.2");
    // It arrives, and the answer is lost.
    await loseAnswers(page, "send-btc");
    await press(page, sending.submit("0.20"));
    await page.getByText(sending.unknownTitle).waitFor();
    await checkAccessible(page);
    await page.reload();
    await page.getByText(sending.unknownTitle).waitFor();
    await context.setOffline(true);
    await page.unroute("**/api/send-btc");
    await page.getByText(t.ui.noConnection).first().waitFor();
    await context.setOffline(false);
    await status(page, "done");
    expect(await outgoing(account)).toHaveLength(1);
    expect([await btcOf(account), await btcOf(payee)]).toEqual(["0.80", "0.20"]);
    expect(
      await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("unfinished"))),
    ).toEqual([]);
  }, 180_000);

  test("another account that is opened before the answer comes is not led to a payment that it did not make", async () => {
    const { page } = await visit();
    const [account, other] = [await rich(), await hub.newAccount()];
    await signIn(page, other);
    await signIn(page, account);
    const { btc_address } = await other.hub.call("new-btc-address");
    await fillSend(page, btc_address, "0.2");
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.route("**/api/send-btc", async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    });
    await press(page, sending.submit("0.20"));
    const open = async ({ account: id }: TestAccount): Promise<void> => {
      await page
        .getByRole("button", { name: t.session.accounts.open("").split(":")[0]! })
        .filter({ visible: true })
        .click();
      await page.getByRole("dialog").getByText(id).click();
      await page.getByRole("heading", { level: 1, name: t.app.home.title }).waitFor();
    };
    await open(other);
    const answered = page.waitForResponse("**/api/send-btc");
    letGo();
    await answered;
    // The call is noted until its answer was taken in.
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes("unfinished")));
    await page.getByText(t.wallet.kinds.internal.in).first().waitFor();
    expect(new URL(page.url()).pathname).toBe("/");
    // Nor is the payment offered a second time to who made it.
    await open(account);
    await page.goto(views.send);
    expect(await page.getByLabel(sending.to, { exact: true }).inputValue()).toBe("");
    expect(await outgoing(account)).toHaveLength(1);
  }, 180_000);

  test("without a connection nothing goes out, and what was confirmed goes out once it is back", async () => {
    const { page, context } = await visit();
    const account = await rich();
    await signIn(page, account);
    await fillSend(page, ELSEWHERE, "0.2");
    await context.setOffline(true);
    await press(page, sending.submit("0.20"));
    await page.getByText(sending.unknownTitle).waitFor();
    expect(await outgoing(account)).toHaveLength(0);
    await context.setOffline(false);
    await page.locator("[data-status]").or(page.getByText(sending.notSent)).first().waitFor();
    // On a machine that stood still for the half minute of the quote it was refused, else it was made.
    const made = (await page.locator("[data-status]").count()) > 0;
    expect(await outgoing(account)).toHaveLength(made ? 1 : 0);
  }, 180_000);

  test("one whose quote has ended meanwhile is not made, and the page says so", async () => {
    const { page } = await visit();
    const account = await rich();
    await signIn(page, account);
    await fillSend(page, ELSEWHERE, "0.2");
    await page.route("**/api/send-btc", (route) => route.abort("connectionreset"));
    await press(page, sending.submit("0.20"));
    await page.getByText(sending.unknownTitle).waitFor();
    // As a page that is opened the next day has it.
    await page.goto("/wallet");
    await page.getByText(sending.inDoubt).waitFor();
    await page.evaluate(() => {
      for (const key of Object.keys(localStorage).filter((one) => one.includes("unfinished"))) {
        const text = localStorage.getItem(key)!;
        localStorage.setItem(key, text.replace(/"q-[a-z2-7]{16}"/, '"q-aaaaaaaaaaaaaaaa"'));
      }
    });
    await page.unroute("**/api/send-btc");
    await page.goto(views.send);
    await page.getByText(sending.notSent).waitFor();
    expect(await page.getByLabel(sending.to, { exact: true }).inputValue()).toBe(ELSEWHERE);
    expect(await outgoing(account)).toHaveLength(0);
  }, 180_000);
});

const downloaded = async (page: Page): Promise<{ name: string; text: string }> => {
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, t.wallet.past.download)]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
};

test("history: search, more pages, details; the CSV files are what the API says, and a memo with </script> stays text", async () => {
  const { page } = await visit();
  const account = await rich("0.5");
  const memo = `</script><script>alert("x")</script> Rent`;
  const payee = await hub.newAccount();
  const { btc_address } = await payee.hub.call("new-btc-address");
  await hub.operator.callByName("operator-credit", {
    to_account: account.account,
    currency: "USD",
    amount: "20999999.99",
    reference: memo,
  });
  for (let i = 0; i < 60; i++)
    await account.hub.call("send-btc", { to_btc_address: btc_address, amount: "0.00000001" });
  await signIn(page, account);
  await page.goto(views.history);
  const rows = page.getByRole("list", { name: t.wallet.past.list }).getByRole("listitem");
  await expect.poll(() => rows.count()).toBe(50);
  await press(page, t.wallet.past.more);
  await expect.poll(() => rows.count()).toBe(62);
  await checkAccessible(page);
  await page.getByLabel(t.wallet.past.search).fill("rent </SCRIPT>");
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByText(memo).waitFor();
  await rows.getByRole("button").click();
  await page.getByRole("dialog").getByText(memo).waitFor();
  await checkAccessible(page);
  await page.keyboard.press("Escape");
  const all = await downloaded(page);
  expect(all.name).toMatch(/^transfers-.*\.csv$/);
  expect(all.text).toBe([...transfersCsv(await allTransfers(account.hub))].join(""));
  expect(all.text).toContain("</script>");

  await page.goto(views.statement);
  await page.getByLabel(t.wallet.statements.currency).selectOption("BTC");
  await page.getByText(t.wallet.statements.closing, { exact: true }).waitFor();
  await press(page, t.wallet.statements.more);
  await page.getByText(t.wallet.statements.opening, { exact: true }).waitFor();
  await checkAccessible(page);
  await press(page, t.wallet.statements.thisYear);
  await page.getByText(t.wallet.statements.closing, { exact: true }).waitFor();
  const period = await downloaded(page);
  const year = new Date().getFullYear();
  const told = await wholeStatement(account.hub, {
    currency: "BTC",
    from: Date.UTC(year, 0, 1),
    to: Date.UTC(year + 1, 0, 1),
  });
  // Of a year that is not over, the last line says when it was asked for.
  const lines = (text: string): string[] => text.trimEnd().split("\r\n").slice(0, -1);
  expect(lines(period.text)).toEqual(lines([...statementCsv(told)].join("")));
  expect(lines(period.text)).toHaveLength(1 + 1 + 61);
}, 240_000);

test("money in another currency is withdrawn, once, and what the operator does with it is seen", async () => {
  const { page } = await visit();
  const account = await hub.newAccount();
  await hub.give(account, "USD", "100.00");
  await signIn(page, account);
  await page.goto("/wallet");
  await page.getByRole("link", { name: t.wallet.withdraw, exact: true }).click();
  await press(page, t.wallet.withdrawing.check);
  await page.getByText(t.wallet.withdrawing.noDestination).waitFor();
  await page.getByLabel(t.ui.amount, { exact: true }).fill("40");
  await page.getByLabel(t.wallet.withdrawing.destination).fill("IBAN DE02 </script>\nAna");
  await press(page, t.wallet.withdrawing.check);
  await page.reload();
  await loseAnswers(page, "withdraw-fiat");
  await press(page, t.wallet.withdrawing.submit("40.00", "USD"));
  await page.getByText(t.wallet.withdrawing.unknown).waitFor();
  await page.unroute("**/api/withdraw-fiat");
  await page.reload();
  await press(page, t.wallet.withdrawing.find);
  await status(page, "reserved");
  await page.getByText("IBAN DE02 </script>, Ana").waitFor();
  const [asked, ...others] = await outgoing(account);
  expect(others).toEqual([]);
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  await hub.operator.callByName("operator-settle-fiat-withdrawal", {
    transfer_id: asked!.transfer_id,
    outcome: "done",
    reference: "bank 1",
  });
  await status(page, "done");
  await until(
    () => account.hub.call("my-balance"),
    ({ held }) => Object.keys(held).length === 0,
  );
}, 180_000);

test("what a key may not do is not offered", async () => {
  const { page } = await visit();
  const account = await rich();
  await signIn(page, account, "look");
  await page.goto("/wallet");
  await page.locator("[data-balance=BTC]").waitFor();
  expect(await page.getByRole("link", { name: t.wallet.send, exact: true }).count()).toBe(0);
  expect(await page.getByRole("link", { name: t.wallet.receive, exact: true }).count()).toBe(0);
  for (const path of [views.send, views.receive, views.withdraw]) {
    await page.goto(path);
    await page.getByText(t.session.notAllowed).waitFor();
  }
}, 120_000);

test("the allowed addresses: added, in force at once, and a payment elsewhere is refused at its field", async () => {
  const { page } = await visit();
  const account = await rich();
  await signIn(page, account, "everything");
  await page.goto(views.allowed);
  await page.getByLabel(t.wallet.allowed.add, { exact: true }).fill(ELSEWHERE);
  await press(page, t.wallet.allowed.addGo);
  await page.getByText(ELSEWHERE).waitFor();
  await press(page, t.wallet.allowed.turnOn);
  await page.getByText(t.wallet.allowed.on, { exact: true }).waitFor();
  const other = await hub.newAccount();
  await fillSend(page, (await other.hub.call("new-btc-address")).btc_address, "0.1");
  await press(page, sending.submit("0.10"));
  await page.getByText(sending.problems.not_allowed).waitFor();
  await page.getByLabel(sending.to, { exact: true }).fill(ELSEWHERE);
  await press(page, sending.go);
  await press(page, sending.submit("0.10"));
  await page.locator("[data-status]").waitFor();
  expect(await outgoing(account)).toHaveLength(1);
}, 180_000);
