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
  const forget = async (to: string): Promise<void> => {
    await forgetAccount(account);
    route(to, true);
  };
  return (
    <Page title={words.title} width="narrow">
      <Note tone="warn">
        <p role="alert">{ended.value?.code === "authkey_expired" ? words.expired : words.revoked}</p>
      </Note>
      <Button kind="main" wide onClick={() => void forget(paths.begin)}>
        {words.again}
      </Button>
      <Button wide onClick={() => void forget(paths.home)}>
        {words.forget}
      </Button>
    </Page>
  );
};
