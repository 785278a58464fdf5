import { HubError } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { asHubError } from "../hub/failure.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Choices, TextField } from "../ui/field.tsx";
import { ErrorNote, errorMessage } from "../ui/states.tsx";
import { createAccount, type Opening, openByPassword } from "./open.ts";

// As the function table has them (create-account).
const NAME = /^(?!a[ck]-)[a-z][a-z0-9._-]{2,31}$/;
const SHORTEST = 8;

/** The name that this tab asked for without hearing what came of it. */
const UNANSWERED = "coinholder.creating";

/**
 * Makes an account; the page then goes on by itself to the consent (`newAccount`). An account that was made although its answer was lost
 * is found by its name and password. A name that is taken and was not asked for here before is somebody else's: no password is tried on
 * it, and nobody gets into that account by having thought of the same one.
 */
export const CreateForm = ({
  onOpening,
}: {
  readonly onOpening: (opening: Opening) => void;
}): JSX.Element => {
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
    const askedBefore = withPassword && sessionStorage.getItem(UNANSWERED) === name;
    if (withPassword) sessionStorage.setItem(UNANSWERED, name);
    const answered = (): void => sessionStorage.removeItem(UNANSWERED);
    try {
      await createAccount(withPassword ? name : undefined, withPassword ? pass : undefined);
      answered();
    } catch (failure) {
      const refused = asHubError(failure);
      const made =
        withPassword && (refused.unknown || (askedBefore && refused.code === "name_taken"))
          ? await openByPassword(name, pass).catch(() => undefined)
          : undefined;
      if (made || (!refused.unknown && !askedBefore)) answered();
      if (made) return onOpening(made);
      setError(refused);
      setBusy(false);
    }
  };
  // One more of those without a name does no harm; of a name there is one.
  const mayBeEmpty = error?.unknown === true && !withPassword;
  const toldError = mayBeEmpty ? new HubError(error.code, error.message) : error;
  const taken = error?.code === "name_taken" ? `${errorMessage(error)} ${words.takenHint}` : undefined;
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
      {taken === undefined && <ErrorNote error={toldError} />}
      {mayBeEmpty && <p class="text-quiet">{words.mayBeEmpty}</p>}
      <Button kind="main" type="submit" busy={busy} wide>
        {words.submit}
      </Button>
    </form>
  );
};
