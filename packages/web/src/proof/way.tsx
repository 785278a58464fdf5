import type { Proof, ProofNode } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { t } from "../texts/index.ts";
import { Card } from "../ui/card.tsx";
import { Amounts } from "./amounts.tsx";
import { wayOf } from "./verdict.ts";

const Node = ({
  name,
  node,
  strong,
}: {
  readonly name: string;
  readonly node: ProofNode;
  readonly strong?: boolean;
}): JSX.Element => (
  <div
    class={`min-w-0 rounded-[0.625rem] border p-3 ${strong ? "border-accent bg-accent-soft" : "border-line bg-surface"}`}
  >
    <p class={strong ? "font-medium" : "text-quiet"}>{name}</p>
    <p class="flex">
      <Amounts sums={node.sums} />
    </p>
    <p class="truncate font-mono text-xs text-quiet" title={node.hash}>
      {node.hash}
    </p>
  </div>
);

/** A level of the tree: a dot on the line that goes up, and what stands there. */
const Level = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <li class="relative border-s-2 border-accent ps-5 pb-4 last:border-transparent last:pb-0">
    <span
      class="absolute -start-[0.4375rem] top-4 size-3 rounded-full border-2 border-accent bg-surface"
      aria-hidden="true"
    />
    {children}
  </li>
);

/** The tree's way, drawn as a line from the own entry up, with each neighbour beside it. */
export const Way = ({ proof }: { readonly proof: Proof }): JSX.Element => {
  const words = t.proof;
  const { leaf, steps } = wayOf(proof);
  return (
    <Card title={words.wayTitle}>
      <p class="mb-3 text-quiet">{words.wayLead(steps.length)}</p>
      <details open={steps.length <= 2}>
        <summary class="min-h-11 py-2 font-medium">{words.wayShow}</summary>
        <ol class="mt-2 flex flex-col">
          <Level>
            <Node name={words.you} node={leaf} strong />
          </Level>
          {steps.map(({ beside, together }, i) => {
            const last = i === steps.length - 1;
            return (
              <Level key={i}>
                <div class="grid gap-2 sm:grid-cols-2">
                  <Node name={`+ ${words.neighbour[beside.side]}`} node={beside} />
                  <Node name={`= ${last ? words.theRoot : words.together}`} node={together} strong={last} />
                </div>
              </Level>
            );
          })}
        </ol>
      </details>
    </Card>
  );
};
