import { isEmptySelector, labelsOfNamespace } from "../objects/network.ts";
import { madeByOperators } from "../objects/operators.ts";
import { describePorts, describeServicePorts, portsOf, servicePortsOf } from "../objects/ports.ts";
import { describeSelector, fits, selectorWords } from "../objects/selectors.ts";
import type { Stack, StackObject } from "../objects/stack.ts";
import { fields, list, text, texts } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** A monitor of the Prometheus operator that fits nothing, or names a port that nothing has, measures nothing. */
export const monitorSelectors = stackRule({
  name: "monitor-selectors",
  severity: "mandatory",
  description:
    "A ServiceMonitor selects Services by their labels, a PodMonitor pods, and both name ports that those have.",
  why: "Prometheus scrapes nothing by it, and says nothing of it.",
  reference: "https://prometheus-operator.dev/docs/developer/getting-started/#using-servicemonitors",
  check(stack) {
    const mayBeMade = madeByOperators(stack);
    return monitorsOf(stack).flatMap(({ object, fitting, ports, what, endpoints }): StackViolation[] => {
      const { selector } = fields(object.content.spec);
      const found = fitting(selector);
      // Without objects of its namespaces, the set says nothing about who else is there; operators make some of them.
      if (found === undefined || mayBeMade(object.namespace, selectorWords(selector))) return [];
      if (found.length === 0) {
        const problem = `it selects ${describeSelector(selector)}, which no ${what} of its namespaces has as labels`;
        return [{ object, path: "spec.selector", problem, fix: `Select by labels of the ${what} itself` }];
      }
      const known = found.flatMap(ports);
      return endpoints.flatMap(({ path, port }) => {
        if (known.some(({ name }) => name === port)) return [];
        const have = found.map((one) => `${what} ${one.name} has ${describe(ports(one))}`).slice(0, 3);
        return [
          {
            object,
            path,
            problem: `it scrapes port ${port}, which nothing that it selects calls one of its ports (${have.join("; ")})`,
            fix: `Name a port of the ${what}`,
          },
        ];
      });
    });
  },
});

interface NamedPort {
  readonly name: string | undefined;
  readonly label: string;
}

interface Monitor {
  readonly object: StackObject;
  readonly what: "Service" | "pod";
  readonly endpoints: readonly { readonly path: string; readonly port: string }[];
  /** What a selector fits; undefined where its namespaces are not in the set. */
  fitting(selector: unknown): readonly StackObject[] | undefined;
  ports(object: StackObject): readonly NamedPort[];
}

function monitorsOf(stack: Stack): Monitor[] {
  const services = stack.ofKind("ServiceMonitor").map((object): Monitor => {
    const given = placesOf(stack, object);
    const places = given?.filter((place) => stack.ofKind("Service", place).length > 0);
    return {
      object,
      what: "Service",
      endpoints: endpointsOf(object, "endpoints"),
      fitting: (selector) =>
        !places?.length || places.length < (given?.length ?? 0)
          ? undefined
          : places
              .flatMap((place) => stack.ofKind("Service", place))
              .filter(({ content }) => fits(selector, texts(fields(content.metadata).labels))),
      ports: (service) =>
        servicePortsOf(service).map((port) => ({ name: port.name, label: describeServicePorts([port]) })),
    };
  });
  const workloads = new Map(stack.workloads.map((workload) => [workload.content, workload]));
  const populated = new Set(stack.workloads.map(({ namespace }) => namespace));
  const pods = stack.ofKind("PodMonitor").map((object): Monitor => {
    const places = placesOf(stack, object);
    return {
      object,
      what: "pod",
      endpoints: endpointsOf(object, "podMetricsEndpoints"),
      fitting: (selector) =>
        places?.length && places.every((place) => populated.has(place))
          ? places.flatMap((place) => stack.podsFitting(place, selector))
          : undefined,
      ports: ({ content }) => {
        const workload = workloads.get(content);
        return (workload ? portsOf(workload) : []).map((port) => ({
          name: port.name,
          label: describePorts([port]),
        }));
      },
    };
  });
  return [...services, ...pods];
}

function describe(ports: readonly NamedPort[]): string {
  return ports.map(({ label }) => label).join(", ") || "none";
}

/** Namespaces that a monitor looks into: its own, those that it names, or all. */
function placesOf(stack: Stack, { content, namespace }: StackObject): string[] | undefined {
  const selector = fields(fields(content.spec).namespaceSelector);
  const names = list(selector.matchNames).flatMap((name) => text(name) ?? []);
  if (names.length > 0) return names;
  if (selector.any === true) return undefined;
  if (isEmptySelector(selector)) return [namespace];
  return stack
    .ofKind("Namespace")
    .filter((one) => fits(selector, labelsOfNamespace(one)))
    .map(({ name }) => name);
}

function endpointsOf({ content }: StackObject, field: string): Monitor["endpoints"] {
  return list(fields(content.spec)[field]).flatMap((item, index) => {
    const port = text(fields(item).port);
    return port === undefined ? [] : [{ path: `spec.${field}[${index}].port`, port }];
  });
}
