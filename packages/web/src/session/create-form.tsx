import type { HubError } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { asHubError } from "../hub/failure.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Choices, TextField } from "../ui/field.tsx";
import { ErrorNote, errorMessage } from "../ui/states.tsx";
import { createAccount } from "./open.ts";

// As the function table has them (create-account).
const NAME = /^(?!a[ck]-)[a-z][a-z0-9._-]{2,31}$/;
const SHORTEST = 8;

/** Makes an account; the page then goes on by itself to the consent (`newAccount`). */
export const CreateForm = (): JSX.Element => {
  const words = t.session.create;
  const [how, setHow] = useState<"password" | "sheet">("password");
  const [name, setName] = useState("");
  const [pass, setPass] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  const withPassword = how === "password";
  const badName = withPassword && !NAME.test(name);
  const badPass = withPassword && [...pass].length < SHORTEST;
  const create = async (): Promise<void> => {
    setTried(true);
    setError(undefined);
    if (badName || badPass) return;
    setBusy(true);
    try {
      await createAccount(withPassword ? name : undefined, withPassword ? pass : undefined);
    } catch (failure) {
      setError(asHubError(failure));
      setBusy(false);
    }
  };
  const taken = error?.code === "name_taken" ? errorMessage(error) : undefined;
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <Choices
        label={words.how}
        value={how}
        onValue={setHow}
        options={[
          { value: "password", label: words.withPassword, hint: words.withPasswordHint },
          { value: "sheet", label: words.withoutPassword, hint: words.withoutPasswordHint },
        ]}
      />
      {withPassword && (
        <>
          <TextField
            label={words.name}
            hint={words.nameHint}
            error={taken ?? (tried && badName ? words.badName : undefined)}
            value={name}
            onValue={(value) => setName(value.trim().toLowerCase())}
            autocomplete="username"
            autocapitalize="off"
            spellcheck={false}
          />
          <TextField
            label={words.password}
            hint={words.passwordHint}
            error={tried && badPass ? words.tooShort : undefined}
            type="password"
            value={pass}
            onValue={setPass}
            autocomplete="new-password"
          />
        </>
      )}
      {taken === undefined && <ErrorNote error={error} repeatable={false} />}
      <Button kind="main" type="submit" busy={busy} wide>
        {words.submit}
      </Button>
    </form>
  );
};
