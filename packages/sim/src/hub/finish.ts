import { assert, tip } from "@coinholder/engine";
import { ask } from "./asking.ts";
import { isDone } from "./book.ts";
import { lookAtChain, lookAtCoins } from "./chain-look.ts";
import { PATIENCE_MS, type Run } from "./course.ts";
import { afterwards, passAlive } from "./lives.ts";
import { lookAtPerson, lookInside } from "./look.ts";

/** Waits for what is under way, then compares everything. */
export const look = async (run: Run): Promise<void> => {
  const { machine, book, judging, random, count } = run;
  if (machine.disk.full.is) return;
  for (let waited = 0; book.underWay.size > 0 && waited < PATIENCE_MS; waited += 100)
    await passAlive(run, 100);
  assert(book.underWay.size === 0, `call ${[...book.underWay][0]?.number} is not answered`);
  lookInside(machine.life!.hub!, judging.shadow, random);
  // By the first key of each: that one is never revoked.
  const keys = new Map(
    [...book.people, ...(book.operator ? [book.operator] : [])].toReversed().map((one) => [one.account, one]),
  );
  for (const person of keys.values()) {
    for (let tries = 0; ; tries++) {
      const at = judging.shadow.entries.length;
      try {
        await lookAtPerson(ask(run), person, judging);
        break;
      } catch (error) {
        // Something happened while we read: several answers are not of one moment.
        if (run.failed || at === judging.shadow.entries.length || tries > 5) throw error;
      }
    }
  }
  count("looked");
};

/** Nothing is in the way any more: whatever was promised must come true. */
export const finish = async (run: Run): Promise<void> => {
  const { machine, book, judging, count } = run;
  const { node, disk } = machine;
  run.note("the end");
  disk.full.is = false;
  disk.disarm();
  node.mood = "well";
  await afterwards(run);
  // Whoever has no answer asks again.
  for (const call of book.calls.filter((one) => one.clientId !== undefined && one.first === one)) {
    if (!isDone(call)) await ask(run)(call.request.fn, call.params, call.by!, call);
  }
  if (judging.shadow.state.chain.halt) await ask(run)("operator-resume-withdrawals", {}, book.operator!);
  await blocks(run);
  // What somebody else has spent does not come any more: the operator gives it up, and it is paid anew.
  const lost = [...judging.shadow.state.chain.payouts.values()].filter(({ conflict }) => conflict);
  for (const { number } of lost)
    await ask(run)("operator-abandon-payout", { payout: `p${number}` }, book.operator!);
  if (lost.length > 0) await blocks(run);
  await look(run);
  lookAtCoins(node, judging.shadow);
  const unpaid = lookAtChain(node, judging.shadow);
  const { chain, ledger } = judging.shadow.state;
  const { waiting } = machine.life!.hub!.chain;
  const excuse = chain.halt?.reason ?? (ledger.debtors.size > 0 ? "somebody is in debt" : waiting);
  assert(unpaid.length === 0 || excuse !== undefined, `transfers ${unpaid.join()} are never paid`);
  count(unpaid.length === 0 ? "all withdrawals paid" : `withdrawals not paid: ${excuse}`);
};

/** More of them than any payment needs. */
const blocks = async (run: Run): Promise<void> => {
  const { node } = run.machine;
  // Only who has followed a new one is done with what was asked before.
  await node.miner.mine(1);
  await caughtUp(run);
  for (let rounds = 0; rounds < 12; rounds++) {
    await passAlive(run, 600);
    await node.miner.mine(1);
    await passAlive(run, 600);
  }
  await caughtUp(run);
};

/** It may still wait for an answer that it has asked for while the node was slow. */
const caughtUp = async (run: Run): Promise<void> => {
  const best = await run.machine.node.rpc<string>("getbestblockhash");
  const followed = (): boolean => tip(run.judging.shadow.state.chain)?.hash === best;
  for (let waited = 0; !followed() && waited < PATIENCE_MS; waited += 1000) await passAlive(run, 1000);
  assert(followed(), "the hub has followed the chain to its end");
};
