import { beforeAll, describe, expect, test } from "vitest";
import type { Asked, Recording } from "./mocks.ts";
import { operatedWorkload } from "./operated.ts";
import { runProgram, stacks } from "./program.ts";
import { amountOf, renderedCapacity } from "./rendered-capacity.ts";
import { at } from "./shapes.ts";

const namespaces = ["iot-verification", "iot-verification-logs"];
const nodes = 7;

describe.each(stacks)("stack %s", (stack) => {
  let recording: Recording;
  beforeAll(async () => {
    ({ recording } = await runProgram({ stack, config: { capacity: { nodes } } }));
  }, 60_000);

  function objectOf(kind: string, namespace: string): Asked {
    const found = recording.ofKind(kind).filter((object) => at(object, "metadata.namespace") === namespace);
    if (found.length === 1 && found[0]) return found[0];
    throw new Error(`${found.length} objects of ${namespace} are a ${kind}`);
  }

  test.each(namespaces)("what its workloads may come to in %s is its quota, exactly", (namespace) => {
    const hard = at(objectOf("ResourceQuota", namespace), "spec.hard") as Record<string, string>;
    const numbers = Object.entries(hard).map(([key, quantity]) => [key, amountOf(quantity)]);
    const expected = renderedCapacity(recording, { namespace, nodes });
    expect(rounded(Object.fromEntries(numbers))).toEqual(rounded(expected));
    expect(Object.values(expected).filter(Number.isNaN)).toEqual([]);
  });

  test.each(namespaces)("no container in %s is larger than the largest that may be", (namespace) => {
    const [range] = at(objectOf("LimitRange", namespace), "spec.limits") as {
      max: Record<string, string>;
      default: Record<string, string>;
      defaultRequest: Record<string, string>;
    }[];
    const pods = recording.asked.flatMap((asked) =>
      containersOf((operatedWorkload(asked) ?? asked).inputs, namespace),
    );
    const extreme = (side: "requests" | "limits", choose: (...values: number[]) => number) =>
      Object.fromEntries(
        ["cpu", "memory", "ephemeral-storage"].map((key) => [
          key,
          choose(...pods.map((container) => amountOf(container.resources?.[side]?.[key]))),
        ]),
      );
    expect(inNumbers(range?.max)).toEqual(extreme("limits", Math.max));
    expect(inNumbers(range?.default)).toEqual(extreme("limits", Math.min));
    expect(inNumbers(range?.defaultRequest)).toEqual(extreme("requests", Math.min));
  });
});

/** Sums of thousandths of a core, without what floating point adds. */
function rounded(amounts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).map(([key, amount]) => [key, Number(amount.toFixed(3))]));
}

function inNumbers(quantities: Readonly<Record<string, string>> = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(quantities).map(([key, quantity]) => [key, amountOf(quantity)]));
}

interface Sized {
  readonly resources?: Partial<Record<"requests" | "limits", Readonly<Record<string, string>>>>;
}

interface PodOwner {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: PodOwnerSpec;
}

interface PodOwnerSpec {
  readonly template?: { readonly spec?: { containers?: Sized[]; initContainers?: Sized[] } };
  readonly jobTemplate?: { readonly spec?: PodOwnerSpec };
}

function containersOf(inputs: PodOwner, namespace: string): Sized[] {
  if (inputs.metadata?.namespace !== namespace) return [];
  const pod = (inputs.spec?.jobTemplate?.spec ?? inputs.spec)?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}
