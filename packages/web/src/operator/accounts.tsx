import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Badge, Card } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Amounts, Code, Pager, Whole } from "./shown.tsx";
import { pathOf } from "./views.ts";

type Account = Answer<"operator-accounts">["accounts"][number];

const LIMIT = 25;
const SEARCH = /^[a-z][a-z0-9._-]{0,31}$/;

const columns = (): Column<Account>[] => {
  const words = t.operator.accounts;
  const amounts = (name: string, of: (account: Account) => Record<string, string>): Column<Account> => ({
    name,
    end: true,
    cell: (account) => <Amounts of={of(account)} nothing={words.nothing} />,
  });
  return [
    {
      name: words.account,
      cell: ({ account, name, in_debt }) => (
        <span class="flex min-w-0 flex-col items-end gap-1 sm:items-start">
          {name !== undefined && <span class="font-medium break-all">{name}</span>}
          <Code text={account} />
          {in_debt && <Badge tone="bad">{words.inDebt}</Badge>}
        </span>
      ),
    },
    amounts(words.available, ({ available }) => available),
    amounts(words.held, ({ held }) => held),
    amounts(words.pending, ({ pending }) => pending),
    { name: words.keys, end: true, cell: ({ authkeys }) => <Whole n={authkeys} /> },
    ...(may("operator-credit")
      ? [
          {
            name: words.todo,
            unnamed: true,
            end: true,
            cell: ({ account, name }: Account) => (
              <LinkButton href={`${pathOf("credit")}/${account}`} label={words.creditOf(name ?? account)}>
                {words.credit}
              </LinkButton>
            ),
          },
        ]
      : []),
  ];
};

export const AccountsView = (): JSX.Element => {
  const words = t.operator.accounts;
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [bad, setBad] = useState(false);
  const [cursors, setCursors] = useState<readonly number[]>([]);
  const before = cursors.at(-1);
  const call = useCall("operator-accounts", {
    limit: LIMIT,
    ...(search === "" ? {} : { search }),
    ...(before === undefined ? {} : { before }),
  });
  return (
    <>
      <Card>
        <form
          class="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = typed.trim().toLowerCase();
            const good = wanted === "" || SEARCH.test(wanted);
            setBad(!good);
            if (!good) return;
            setSearch(wanted);
            setCursors([]);
          }}
        >
          <div class="min-w-0 grow">
            <TextField
              label={words.search}
              type="search"
              value={typed}
              onValue={setTyped}
              error={bad ? words.badSearch : undefined}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              maxLength={32}
            />
          </div>
          <Button type="submit" icon="search">
            {words.searchDo}
          </Button>
        </form>
      </Card>
      <Card>
        <Loaded call={call} lines={6}>
          {({ accounts, more_exist, next_before }) => (
            <>
              {accounts.length === 0 ? (
                <Empty icon="search" title={words.none} hint={more_exist ? words.goOn : words.noneHint} />
              ) : (
                <Table
                  caption={t.operator.views.accounts}
                  columns={columns()}
                  rows={accounts}
                  keyOf={({ account }) => account}
                />
              )}
              <Pager cursors={cursors} next={more_exist ? next_before : undefined} onCursors={setCursors} />
            </>
          )}
        </Loaded>
      </Card>
    </>
  );
};
