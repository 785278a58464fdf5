import { admit, type Caller, remember } from "./accounts/admit.ts";
import { changeAllowlist } from "./accounts/allowlist.ts";
import {
  begin,
  changePermissions,
  configure,
  createAccount,
  createAuthkey,
  grantOperator,
  mayRegister,
  revokeAuthkey,
  setRegistration,
} from "./accounts/commands.ts";
import { assert } from "./assert.ts";
import { chainAddress, coldAddress, newAddress } from "./bitcoin/addresses.ts";
import { chainBegin, chainBlock, chainRescan, chainUndo } from "./bitcoin/blocks.ts";
import { chainMempool } from "./bitcoin/deposits.ts";
import { haltWithdrawals, resumeWithdrawals } from "./bitcoin/halt.ts";
import { payoutAbandoned, payoutBroadcast, payoutBuilt, payoutReplaced } from "./bitcoin/payouts.ts";
import { skipTransfers } from "./bitcoin/withdrawals.ts";
import { amendOrder } from "./book/amend.ts";
import { cancelAll, cancelOrder } from "./book/cancel.ts";
import { tellBooks } from "./book/changes.ts";
import { changeSettings } from "./book/own-orders.ts";
import { placeOrder } from "./book/place.ts";
import type { By, Command, Stamped } from "./command.ts";
import { crossingTold } from "./crossings/crossings.ts";
import type { Effect } from "./effects.ts";
import { postInvoice, withdrawInvoice } from "./invoices/invoices.ts";
import { forgetTouched } from "./ledger/ledger.ts";
import { attachIdentity } from "./lines/attach.ts";
import { transferConflicted } from "./lines/conflicts.ts";
import { setLine } from "./lines/set-line.ts";
import { operatorAction, operatorActionEnded } from "./operator-actions.ts";
import { attachOption } from "./options/attach.ts";
import { exerciseOption, expireOptions, sellOption } from "./options/trade.ts";
import { isRefused, type Outcome, type Refused, refuse } from "./outcome.ts";
import { rotateIdentity } from "./own-key.ts";
import type { State } from "./state.ts";
import { credit, settleFiat, withdrawFiat } from "./transfers/fiat.ts";
import { payFiat } from "./transfers/pay-fiat.ts";
import { send } from "./transfers/send.ts";
import { addWebhook, endWebhook, removeWebhook } from "./webhooks/webhooks.ts";

/**
 * The one switch: a stamped command changes the state, or is refused and changes nothing. No clock, no randomness, no I/O:
 * the same commands give the same state, on any machine, for ever.
 */
export const apply = (state: State, command: Stamped): Outcome => {
  assert(command.t >= state.t, "time does not go back");
  const { by } = command as { readonly by?: By };
  if (by !== undefined) return applyCall(state, command, by);
  const effects: Effect[] = [];
  forgetTouched(state.ledger);
  const answer = dispatch(state, command, undefined, effects);
  if (isRefused(answer)) return answer;
  tellBooks(state.markets, command.t, effects);
  state.t = command.t;
  return { answer, effects };
};

const applyCall = (state: State, command: Stamped, by: By): Outcome => {
  const admitted = admit(state, by, command.t);
  if (isRefused(admitted) || "repeated" in admitted) return admitted;
  const effects: Effect[] = [];
  forgetTouched(state.ledger);
  const answer = dispatch(state, command, admitted, effects);
  if (isRefused(answer)) return answer;
  tellBooks(state.markets, command.t, effects);
  state.t = command.t;
  remember(state, by, admitted.key, answer, command.t);
  return { answer, effects };
};

const called = (caller: Caller | undefined): Caller => {
  assert(caller !== undefined, "the command comes from a caller");
  return caller;
};

const dispatch = (
  state: State,
  command: Stamped,
  caller: Caller | undefined,
  effects: Effect[],
): object | Refused => {
  switch (command.kind) {
    case "begin":
      return begin(state, command);
    case "configure":
      return configure(state, command);
    case "grant-operator":
      return grantOperator(state, command);
    case "create-account":
      return mayRegister(state, command, command.t)
        ? createAccount(state, command)
        : refuse("registration_closed");
    case "create-authkey":
      return createAuthkey(state, command, called(caller));
    case "change-permissions":
      return changePermissions(state, command, called(caller));
    case "revoke-authkey":
      return revokeAuthkey(state, command, called(caller));
    case "set-registration":
      return setRegistration(state, command);
    case "new-address":
      return newAddress(state, command, called(caller).account.index);
    case "send":
      return send(state, command, called(caller), effects);
    case "credit":
      return credit(state, command, called(caller), effects);
    case "withdraw-fiat":
      return withdrawFiat(state, command, called(caller), effects);
    case "settle-fiat":
      return settleFiat(state, command, called(caller), effects);
    case "place-order":
      return placeOrder(state, command, called(caller), effects);
    case "cancel-order":
      return cancelOrder(state, command, called(caller));
    case "cancel-all":
      return cancelAll(state, command, called(caller));
    case "amend-order":
      return amendOrder(state, command, called(caller), effects);
    case "change-settings":
      return changeSettings(state, command, called(caller));
    case "post-invoice":
      return postInvoice(state, command, caller);
    case "withdraw-invoice":
      return withdrawInvoice(state, command, caller, effects);
    case "sell-option":
      return sellOption(state, command, caller, effects);
    case "exercise-option":
      return exerciseOption(state, command, called(caller), effects);
    case "expire-options":
      return expireOptions(state, command, effects);
    case "attach-option":
      return attachOption(state, command, effects);
    case "pay-fiat":
      return payFiat(state, command, called(caller), effects);
    case "attach-identity":
      return attachIdentity(state, command, effects);
    case "transfer-conflicted":
      return transferConflicted(state, command, effects);
    case "set-line":
      return setLine(state, command, effects);
    case "rotate-identity":
      return rotateIdentity(state);
    case "operator-action":
      return operatorAction(state, command);
    case "operator-action-ended":
      return operatorActionEnded(state, command);
    case "crossing-told":
      return crossingTold(state, command, effects);
    case "change-allowlist":
      return changeAllowlist(state, command, called(caller));
    case "add-webhook":
      return addWebhook(state, command, called(caller));
    case "remove-webhook":
      return removeWebhook(state, command, called(caller));
    case "end-webhook":
      return endWebhook(state, command);
    case "chain-begin":
      return chainBegin(state, command);
    case "chain-address":
      return chainAddress(state, command);
    case "skip-transfers":
      return skipTransfers(state, command);
    case "chain-block":
      return chainBlock(state, command, effects);
    case "chain-undo":
      return chainUndo(state, command, effects);
    case "chain-mempool":
      return chainMempool(state, command, effects);
    case "chain-rescan":
      return chainRescan(state, command, effects);
    case "payout-built":
      return payoutBuilt(state, command, effects);
    case "payout-replaced":
      return payoutReplaced(state, command);
    case "payout-broadcast":
      return payoutBroadcast(state, command, effects);
    case "payout-abandoned":
      return payoutAbandoned(state, command, effects);
    case "halt-withdrawals":
      return haltWithdrawals(state, command);
    case "resume-withdrawals":
      return resumeWithdrawals(state);
    case "cold-address":
      return coldAddress(state, command);
    default:
      return unknown(command);
  }
};

const unknown = (command: never): never => {
  throw new Error(`no such command: ${JSON.stringify((command as Command).kind)}`);
};
