import type { Command, Stamped } from "@coinholder/engine";
import { twinChangeAllowlist } from "./allowlist.ts";
import { twinBlock, twinMempool, twinRescan, twinUndo } from "./chain.ts";
import { twinPost, twinWithdrawInvoice } from "./invoices.ts";
import {
  addTwinKey,
  twinChangePermissions,
  twinCreateAccount,
  twinCreateAuthkey,
  twinRevoke,
} from "./keys.ts";
import { twinAttach, twinConflicted, twinSetLine } from "./lines.ts";
import { twinAmend, twinCancel, twinCancelAll, twinPlace } from "./market.ts";
import { twinCredit, twinSend, twinSettle, twinWithdrawFiat } from "./money.ts";
import { twinAttachOption, twinExercise, twinExpire, twinPayFiat, twinSell } from "./options.ts";
import { twinAbandoned, twinBuilt, twinCrossingTold, twinReplaced } from "./payouts.ts";
import {
  COLD,
  HUB,
  OPERATOR,
  type Twin,
  type TwinCaller,
  twinAdmits,
  twinRemembers,
  type Verdict,
} from "./twin.ts";

/** Says what must become of the command, and, where it is done, does it to the twin. */
export const judge = (twin: Twin, command: Stamped): Verdict => {
  let caller: TwinCaller | undefined;
  const by = "by" in command ? command.by : undefined;
  if (by) {
    const admitted = twinAdmits(twin, by, command.t);
    if (typeof admitted === "string") return admitted;
    caller = admitted;
  }
  const verdict = decide(twin, command, caller);
  if (verdict !== "done") return verdict;
  twin.t = command.t;
  if (by) twinRemembers(twin, by, command.t);
  return verdict;
};

const decide = (twin: Twin, command: Stamped, caller: TwinCaller | undefined): Verdict => {
  switch (command.kind) {
    case "begin": {
      for (const id of ["sys-chain", "sys-bank", "sys-hub", "sys-rounding", "sys-cold"])
        twin.accounts.push({ id, name: undefined });
      const { id, key, permissions } = command.operator;
      twin.accounts.push({ id, name: "operator" });
      addTwinKey(
        twin,
        id,
        key,
        ["all", ...permissions].map((permission) => [id, permission] as const),
      );
      return "done";
    }
    case "configure":
      twin.config = command.config;
      return "done";
    case "grant-operator": {
      const { id } = twin.accounts[OPERATOR]!;
      const own = twin.keys.filter((key) => key.home === id);
      const there = own.flatMap((key) => key.pairs).filter(([account]) => account === id);
      const named = new Set(["all", ...there.map(([, permission]) => permission)]);
      for (const key of own) {
        const held = key.pairs.filter(([account]) => account === id).map(([, permission]) => permission);
        const covers = [...named].every(
          (one) => held.includes(one) || (held.includes("all") && !one.startsWith("operator-")),
        );
        if (covers) for (const one of command.permissions) if (!held.includes(one)) key.pairs.push([id, one]);
      }
      return "done";
    }
    case "create-account":
      return twinCreateAccount(twin, command);
    case "create-authkey":
      return twinCreateAuthkey(twin, command, caller!);
    case "change-permissions":
      return twinChangePermissions(twin, command, caller!);
    case "revoke-authkey":
      return twinRevoke(twin, command, caller!);
    case "set-registration":
      twin.registrationOpen = command.open;
      return "done";
    case "new-address":
      twin.addresses.set(command.address, caller!.account);
      return "done";
    case "send":
      return twinSend(twin, command, caller!);
    case "credit":
      return twinCredit(twin, command);
    case "withdraw-fiat":
      return twinWithdrawFiat(twin, command, caller!);
    case "settle-fiat":
      return twinSettle(twin, command);
    case "place-order":
      return twinPlace(twin, command, caller!);
    case "cancel-order":
      return twinCancel(twin, command, caller!);
    case "cancel-all":
      return twinCancelAll(twin, command, caller!);
    case "amend-order":
      return twinAmend(twin, command, caller!);
    case "change-settings":
      if (command.ownOrders) twin.ownOrders.set(caller!.account, command.ownOrders);
      return "done";
    case "sell-option":
      return twinSell(twin, command, caller);
    case "exercise-option":
      return twinExercise(twin, command, caller!);
    case "expire-options":
      twinExpire(twin, command.t);
      return "done";
    case "attach-option":
      return twinAttachOption(twin, command);
    case "pay-fiat":
      return twinPayFiat(twin, command, caller!);
    case "attach-identity":
      return twinAttach(twin, command);
    case "transfer-conflicted":
      twinConflicted(twin, command);
      return "done";
    case "set-line":
      twinSetLine(twin, command);
      return "done";
    case "crossing-told":
      return twinCrossingTold(twin, command);
    case "post-invoice":
      return twinPost(twin, command, caller);
    case "withdraw-invoice":
      return twinWithdrawInvoice(twin, command, caller);
    case "chain-begin":
      twin.height = command.height;
      twin.highest = command.height;
      return "done";
    case "skip-transfers":
      twin.lastTransfer = command.to;
      return "done";
    case "chain-address":
      twin.addresses.set(command.address, HUB);
      return "done";
    case "chain-rescan":
      twinRescan(twin, command);
      return "done";
    case "cold-address":
      twin.addresses.set(command.address, COLD);
      return "done";
    case "halt-withdrawals":
      if (!twin.halt) twin.haltWhy = command.why ?? "";
      twin.halt ??= command.reason;
      return "done";
    case "resume-withdrawals":
      if (!twin.halt) return "not_halted";
      twin.halt = undefined;
      return "done";
    case "change-allowlist":
      return twinChangeAllowlist(twin, command, caller!);
    case "chain-block":
      twinBlock(twin, command);
      return "done";
    case "chain-undo":
      twinUndo(twin, command);
      return "done";
    case "chain-mempool":
      twinMempool(twin, command);
      return "done";
    case "payout-built":
      twinBuilt(twin, command);
      return "done";
    case "payout-replaced":
      twinReplaced(twin, command);
      return "done";
    case "payout-abandoned":
      return twinAbandoned(twin, command);
    case "operator-action":
      if (command.goesOn) twin.underWay.add(++twin.actions);
      return "done";
    case "operator-action-ended":
      twin.underWay.delete(command.action);
      return "done";
    case "rotate-identity":
      twin.rotations++;
      return "done";
    case "payout-broadcast":
      return "done";
    default:
      throw new Error(`the twin does not know ${(command as Command).kind}`);
  }
};
