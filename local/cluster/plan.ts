import { createHash } from "node:crypto";
import type { Report } from "../report.ts";
import { loadDelays } from "./delays.ts";
import type { ClusterFiles } from "./files.ts";
import type { NodeImage, NodeTools } from "./node/settings.ts";
import { type OperatorKinds, operatorObjects, operatorStages } from "./operators/index.ts";
import { type ClusterTools, initialObjects, kwokctlDocuments, type Ports } from "./settings.ts";
import { buildStages, type Stage } from "./stages.ts";

/** How pods run, and what that takes; see `chooseForm`. */
export type Form =
  | { readonly name: "simulated" }
  | { readonly name: "node"; readonly tools: NodeTools; readonly images: readonly NodeImage[] }
  | { readonly name: "kind"; readonly images: readonly NodeImage[] };

export interface ClusterArgs {
  /** Folder of the stack's local state; the cluster is its subfolder `cluster`. */
  readonly stateDir: string;
  readonly name: string;
  readonly tools: ClusterTools;
  readonly report: Report;
}

export interface StartArgs extends ClusterArgs {
  /** @default simulated */
  readonly form?: Form;
  /** What the stack needs of operators. @default nothing */
  readonly operators?: OperatorKinds | undefined;
  /** Multiplies all start-up delays of played pods and volumes. @default 1, like a real cluster */
  readonly delayScale?: number;
}

/** What a start is to lead to. */
export interface Plan extends StartArgs {
  readonly form: Exclude<Form, { name: "kind" }>;
  /** Aborts when the person at the keyboard interrupts the start. */
  readonly signal: AbortSignal;
  readonly files: ClusterFiles;
  readonly stages: readonly Stage[];
  /** Of the kinds of operators. */
  readonly operatorStages: readonly Stage[];
  /** Changes with everything that a running cluster would have to be restarted for; images are not of that. */
  readonly fingerprint: string;
}

export function planOf(args: Omit<Plan, "stages" | "operatorStages" | "fingerprint">): Plan {
  const { form, tools } = args;
  const [delays, scale] = [loadDelays(), args.delayScale ?? 1];
  const stages = buildStages({ delays, scale });
  const { operators } = args;
  const played = operators
    ? operatorStages({ definitions: operators.definitions, delays: delays.operators, scale })
    : [];
  const documents = kwokctlDocuments({
    tools,
    ports: {} as Ports,
    auditPolicyFile: "",
    auditLog: "",
    pki: "",
  });
  const node = form.name === "node" ? form.tools : undefined;
  const kinds = operators && operatorObjects(operators);
  const text = JSON.stringify([documents, stages, played, initialObjects(process), node, kinds]);
  return {
    ...args,
    stages,
    operatorStages: played,
    fingerprint: createHash("sha256").update(text).digest("hex"),
  };
}
