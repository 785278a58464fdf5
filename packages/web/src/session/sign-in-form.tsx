import { HubError } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { type Opening, openByPassword } from "./open.ts";

export const SignInForm = ({
  onOpening,
}: {
  readonly onOpening: (opening: Opening) => void;
}): JSX.Element => {
  const words = t.session.signIn;
  const [name, setName] = useState("");
  const [pass, setPass] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  const signIn = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      onOpening(await openByPassword(name, pass));
    } catch (failure) {
      if (!(failure instanceof HubError)) throw failure;
      setError(failure.code === "authentication_failed" ? new HubError(failure.code, words.wrong) : failure);
      setBusy(false);
    }
  };
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <TextField
        label={words.name}
        value={name}
        onValue={(value) => setName(value.trim())}
        autocomplete="username"
        autocapitalize="off"
        spellcheck={false}
        required
      />
      <TextField
        label={words.password}
        type="password"
        value={pass}
        onValue={setPass}
        autocomplete="current-password"
        required
      />
      <ErrorNote error={error} />
      <Button kind="main" type="submit" busy={busy} wide>
        {words.submit}
      </Button>
    </form>
  );
};
