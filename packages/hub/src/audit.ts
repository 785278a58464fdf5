import {
  BTC,
  type By,
  type Command,
  currencyIndex,
  type Effect,
  OPERATOR,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { type Amount, formatAmount } from "@coinholder/protocol";
import type { ActionRecord, EndedRecord } from "./history/index.ts";

type Told = Readonly<Record<string, unknown>>;

/** As the functions name it. A currency that the hub does not have is told in its smallest units: it was taken so. */
const amountOf = ({ config }: State, code: string, amount: Amount): string => {
  const currency = config.currencies[currencyIndex(config, code) ?? -1];
  return currency ? formatAmount(amount, currency.decimals) : String(amount);
};

const satoshi = ({ config }: State, amount: Amount): string =>
  formatAmount(amount, config.currencies[BTC]!.decimals);

const transferOf = (effects: readonly Effect[]): Told => {
  const first = effects.find((effect) => effect.is === "transfer");
  return first ? { transfer_id: `t${first.transfer}` } : {};
};

/** What was asked for, member by member: nothing of a command is told that is not named here, so that no secret can be. */
const asked = (state: State, command: Command): Told => {
  switch (command.kind) {
    case "credit": {
      const { amount, currency, reference, to } = command;
      return { to_account: to, currency, amount: amountOf(state, currency, amount), reference };
    }
    case "settle-fiat":
      return {
        transfer_id: `t${command.transfer}`,
        outcome: command.outcome,
        reference: command.reference,
      };
    case "set-registration":
      return { open: command.open };
    case "create-account":
      return { account: command.id, ...(command.name === undefined ? {} : { name: command.name }) };
    case "create-authkey": {
      const { expires, key, label, limits, pairs } = command;
      const most = limits?.map(([code, amount]) => [code, amountOf(state, code, amount)] as const);
      return {
        authkey_token: key.token,
        type: key.type,
        permissions: pairs,
        ...(expires === undefined ? {} : { expires_t: expires }),
        ...(label === undefined ? {} : { label }),
        ...(most === undefined ? {} : { limits: Object.fromEntries(most) }),
      };
    }
    case "change-permissions":
      return { authkey_token: command.token, add: command.add, remove: command.remove };
    case "revoke-authkey":
      return { authkey_token: command.token };
    case "change-allowlist": {
      const { add, on, remove } = command;
      return { add, remove, ...(on === undefined ? {} : { on }) };
    }
    case "change-settings":
      return command.ownOrders === undefined ? {} : { own_order_prevention: command.ownOrders };
    case "add-webhook":
      return { webhook_id: command.id, url: command.url, events: command.events };
    case "remove-webhook":
      return { webhook_id: command.webhook };
    case "set-line": {
      const { ceiling, identity } = command;
      return {
        ...(identity === undefined ? {} : { identity: Buffer.from(identity, "hex").toString("base64") }),
        ceiling: satoshi(state, ceiling),
      };
    }
    case "operator-action":
      return command.params;
    case "halt-withdrawals":
    case "resume-withdrawals":
      return command.why === undefined ? {} : { reason: command.why };
    case "rotate-identity":
      // Just carried out.
      return { rotations: state.ownKey };
    case "payout-abandoned":
      return { payout: `p${command.payout}` };
    case "payout-built":
      // Just carried out: it has the newest number.
      return {
        payout: `p${state.last.payout}`,
        txid: command.txid,
        amount: satoshi(state, command.cold),
        fee: satoshi(state, command.fee),
      };
    case "cold-address":
    case "new-address":
      return { btc_address: command.address };
    case "send":
      return { to_btc_address: command.address, amount: satoshi(state, command.amount) };
    case "pay-fiat":
      return { btc_address: command.address };
    case "withdraw-fiat": {
      const { amount, currency, destination } = command;
      return { currency, amount: amountOf(state, currency, amount), destination };
    }
    case "place-order":
      return {
        trade_amt: amountOf(state, command.giveCurrency, command.give),
        trade_cur: command.giveCurrency,
        for_amt: amountOf(state, command.wantCurrency, command.want),
        for_cur: command.wantCurrency,
      };
    default:
      return {};
  }
};

/** What a command that was just carried out has to say in the operator's audit: undefined unless a key of the operator's account gave it. */
export const actionOf = (
  state: State,
  seq: number,
  command: Command & { readonly t: ActionRecord["t"] },
  effects: readonly Effect[],
): ActionRecord | undefined => {
  const { by } = command as { readonly by?: By };
  if (by === undefined || by.account !== state.accounts.list[OPERATOR]?.id) return undefined;
  const { fn, once, token } = by;
  const label = state.authkeys.get(token)?.label;
  const params = {
    ...asked(state, command),
    ...transferOf(effects),
    ...(once ? { client_id: once[0] } : {}),
  };
  return {
    seq,
    t: command.t,
    // Its permission is that of operator-registration.
    fn: command.kind === "create-account" ? "create-account" : fn,
    token,
    ...(label === undefined ? {} : { label }),
    params: JSON.stringify(params),
    ...(command.kind === "operator-action" && command.goesOn ? { action: state.actions.begun } : {}),
  };
};

/** How an action that went on ended, where the command tells that. */
export const endOf = (command: Stamped): EndedRecord | undefined => {
  if (command.kind !== "operator-action-ended") return undefined;
  const { action, outcome, params, t } = command;
  return { action, t, outcome, params: JSON.stringify(params) };
};
