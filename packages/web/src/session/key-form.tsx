import type { TextKeyCredentials } from "@coinholder/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button, type ButtonKind } from "../ui/button.tsx";
import { TextArea } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { ScanButton } from "../ui/scan-button.tsx";
import { readKey } from "./key-text.ts";

/** Takes a key from paper, a link or a file. */
export const KeyForm = ({
  onKey,
  kind = "main",
}: {
  readonly onKey: (key: TextKeyCredentials) => void;
  /** Of the button. */
  readonly kind?: ButtonKind;
}): JSX.Element => {
  const words = t.session.withKey;
  const [text, setText] = useState("");
  const [bad, setBad] = useState(false);
  const take = (given: string): void => {
    const key = readKey(given);
    setBad(key === undefined);
    if (key) onKey(key);
  };
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        take(text);
      }}
    >
      <div class="button-row">
        <ScanButton onText={take} />
        <FileButton
          label={words.file}
          accept=".json,.txt,application/json,text/plain"
          onFile={(file) => void file.text().then(take)}
        />
      </div>
      <TextArea
        label={words.text}
        hint={words.hint}
        error={bad ? words.bad : undefined}
        value={text}
        onValue={setText}
      />
      <Button kind={kind} type="submit" wide>
        {words.submit}
      </Button>
    </form>
  );
};
