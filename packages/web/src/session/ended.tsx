import type { JSX } from "preact";
import { useLocation } from "preact-iso";
import { paths } from "../app/paths.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { Page } from "../ui/page.tsx";
import { current, ended, forgetAccount } from "./current.ts";

/** In place of every page, when the hub no longer takes this browser's key. */
export const Ended = (): JSX.Element => {
  const { route } = useLocation();
  const words = t.session.ended;
  const account = current.value!;
  const leave = async (to: string, returns: boolean): Promise<void> => {
    await forgetAccount(account, { returns });
    route(to, true);
  };
  const why = { authkey_expired: words.expired, signed_out: words.signedOut }[ended.value?.code ?? ""];
  return (
    <Page title={words.title} width="narrow">
      <Note tone="warn">
        <p role="alert">{why ?? words.revoked}</p>
      </Note>
      <Button kind="main" wide onClick={() => void leave(paths.begin, true)}>
        {words.again}
      </Button>
      <Button wide onClick={() => void leave(paths.home, false)}>
        {words.forget}
      </Button>
    </Page>
  );
};
