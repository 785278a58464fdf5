import type { Answer } from "@coinholder/protocol";

type Told = Answer<"operator-chain">["alarms"][number];

export type AlarmName = Told["name"];

/** Something that the operator should look at. */
export interface Alarm {
  readonly name: AlarmName;
  /** Where one name can stand for several matters at once: which. */
  readonly of?: string;
  readonly level: Told["level"];
  /** For people. */
  readonly message: string;
  readonly particulars: Readonly<Record<string, unknown>>;
}
