import type { Answer, FunctionName } from "@coinholder/protocol";
import { linesOf } from "../output.ts";
import { dim } from "../terminal.ts";
import { balanceLines, transferLines } from "./accounts.ts";
import { invoiceLines, madeInvoiceLines, myInvoiceLines, optionLines } from "./invoices.ts";
import { bookLines, tickerLines } from "./market.ts";
import { statementLines } from "./statement.ts";

type View<N extends FunctionName> = (answer: Answer<N>) => string[];

/** Answers that read better as something else than their members one by one. */
const views: { readonly [N in FunctionName]?: View<N> } = {
  "my-balance": balanceLines,
  "my-transfers": ({ transfers }) => transferLines(transfers),
  "my-statement": statementLines,
  depth: bookLines,
  ticker: tickerLines,
  // Numbers of the stream's are for programs.
  candles: ({ candles }) => (candles.length === 0 ? ["no candles"] : linesOf(candles)),
  "new-invoice": madeInvoiceLines,
  "my-invoices": ({ invoices }) => myInvoiceLines(invoices),
  "search-invoices": ({ invoices }) => invoiceLines(invoices),
  "my-options": ({ options }) => optionLines(options),
  batch: ({ results }) =>
    results.flatMap((result, i) => [dim(`#${i + 1}`), ...linesOf(result).map((line) => `  ${line}`)]),
};

const PAGING = ["more_exist", "next_before", "next_after"];

/** What gives the next page; undefined on the last one. */
const moreHint = (answer: Readonly<Record<string, unknown>>): string | undefined => {
  if (answer.more_exist !== true) return undefined;
  const { next_after, next_before } = answer;
  if (next_before !== undefined) return `there are more: the same with before=${String(next_before)}`;
  return next_after === undefined
    ? "there are more"
    : `there are more: the same with after=${String(next_after)}`;
};

/** An answer that is one list is that list; with other members beside it, all by name. */
const plainLines = (answer: Readonly<Record<string, unknown>>): string[] => {
  const shown = Object.entries(answer).filter(([name]) => !PAGING.includes(name));
  const [only] = shown;
  const isList = shown.length === 1 && Array.isArray(only![1]);
  if (isList && (only![1] as unknown[]).length === 0) return [`no ${only![0].replaceAll("_", " ")}`];
  return linesOf(isList ? only![1] : Object.fromEntries(shown));
};

/** What a function answered, for people. A hub of another make may answer otherwise than the table says: then as it came. */
export const answerLines = (name: string, answer: unknown): string[] => {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return linesOf(answer);
  const members = answer as Readonly<Record<string, unknown>>;
  const view = Object.hasOwn(views, name) ? (views[name as FunctionName] as View<never>) : undefined;
  let lines: string[];
  try {
    lines = view?.(members as never) ?? plainLines(members);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    lines = plainLines(members);
  }
  const more = moreHint(members);
  return more === undefined ? lines : [...lines, dim(more)];
};
