import { type Account, findAccount, isHubs, type State } from "@coinholder/engine";

/** Accounts that a search looks at before others have their turn: well below a millisecond. */
const LOOKED_AT_A_TURN = 10_000;
/** And for one page. */
const MOST_LOOKED_AT = 200_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Asked {
  /** How the identifier or the name begins. */
  readonly search: string | undefined;
  /** Place in the list below which it is looked. */
  readonly before: number | undefined;
  readonly limit: number;
}

export interface FoundAccounts {
  readonly found: readonly Account[];
  /** Place in the list below which it was not looked; undefined: everywhere was. */
  readonly next: number | undefined;
}

/** Newest first, below that place in the list, which only ever grows. */
const walk = async (
  state: State,
  below: number,
  limit: number,
  most: number,
  fits: (account: Account) => boolean,
): Promise<FoundAccounts> => {
  const { list } = state.accounts;
  const found: Account[] = [];
  let index = Math.min(below, list.length);
  for (let looked = 0; index > 0 && looked < most && found.length < limit; looked++) {
    if (looked > 0 && looked % LOOKED_AT_A_TURN === 0) await turn();
    const account = list[--index]!;
    if (!isHubs(state, account.index) && fits(account)) found.push(account);
  }
  // The first ones are the hub's own.
  while (index > 0 && isHubs(state, index - 1)) index--;
  return { found, next: index > 0 ? index : undefined };
};

/**
 * Accounts but the hub's own, newest first; what `search` names in full first of all. An exact name or identifier is a look-up, what
 * begins so is walked for in portions, so that a million accounts hold nobody up.
 * @param most accounts to look at
 */
export const findAccounts = async (
  state: State,
  { before, limit, search }: Asked,
  most = MOST_LOOKED_AT,
): Promise<FoundAccounts> => {
  const below = before ?? Number.POSITIVE_INFINITY;
  if (search === undefined) return walk(state, below, limit, most, () => true);
  const named = findAccount(state.accounts, search);
  const whole = named && !isHubs(state, named.index) ? named : undefined;
  // An identifier is nobody's beginning.
  if (whole?.id === search) return { found: before === undefined ? [whole] : [], next: undefined };
  const first = whole && before === undefined ? [whole] : [];
  const begins = (account: Account): boolean =>
    account !== whole && (account.name?.startsWith(search) === true || account.id.startsWith(search));
  const rest = await walk(state, below, limit - first.length, most, begins);
  return { found: [...first, ...rest.found], next: rest.next };
};
