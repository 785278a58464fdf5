import type { JSX } from "preact";
import { useRoute } from "preact-iso";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Empty } from "../ui/states.tsx";
import { Allowlist } from "./allowlist.tsx";
import { History } from "./history.tsx";
import { Overview } from "./overview.tsx";
import { Receive } from "./receive.tsx";
import { Send } from "./send.tsx";
import { StatementPage } from "./statement.tsx";
import { TransferPage } from "./transfer-page.tsx";
import { WalletPage } from "./wallet-page.tsx";
import { Withdraw } from "./withdraw.tsx";

const NotAllowed = (): JSX.Element => (
  <WalletPage title={t.wallet.title} width="narrow">
    <Empty icon="keys" title={t.session.notAllowed} hint={t.session.notAllowedHint} />
  </WalletPage>
);

/** All below /wallet. */
export default function Wallet(): JSX.Element {
  const [view = "", id = ""] = (useRoute().params.view ?? "").split("/");
  switch (view) {
    case "receive":
      return may("new-btc-address") ? <Receive /> : <NotAllowed />;
    case "send":
      return may("send-btc") && may("quote-send") ? <Send /> : <NotAllowed />;
    case "withdraw":
      return may("withdraw-fiat") ? <Withdraw /> : <NotAllowed />;
    case "history":
      return may("my-transfers") ? <History /> : <NotAllowed />;
    case "payment":
      return may("my-transfers") ? <TransferPage key={id} id={id} /> : <NotAllowed />;
    case "statement":
      return may("my-statement") ? <StatementPage /> : <NotAllowed />;
    case "allowed":
      return may("my-allowlist") ? <Allowlist /> : <NotAllowed />;
    default:
      return <Overview />;
  }
}
