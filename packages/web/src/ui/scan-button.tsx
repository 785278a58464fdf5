import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { lazy } from "preact-iso";
import { t } from "../texts/index.ts";
import { Button } from "./button.tsx";

const Scanner = lazy(() => import("./scanner.tsx").then((module) => module.Scanner));

/** A button that reads a QR code by the camera. */
export const ScanButton = ({ onText }: { readonly onText: (text: string) => void }): JSX.Element => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="scan" onClick={() => setOpen(true)}>
        {t.ui.scan}
      </Button>
      {open && (
        <Scanner
          onText={(text) => {
            setOpen(false);
            onText(text);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
};
