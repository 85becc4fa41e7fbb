import { labelsOfNamespace } from "../objects/namespaces.ts";
import { madeByOperators, podsMadeByOthers } from "../objects/operators.ts";
import { describePorts, describeServicePorts, portsOf, servicePortsOf } from "../objects/ports.ts";
import { describeSelector, fits, isEmptySelector, selectorKey, selectorWords } from "../objects/selectors.ts";
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
    const podsMayBeMade = podsMadeByOthers(stack);
    const portNames = namesOfPorts();
    return monitorsOf(stack).flatMap(({ object, fitting, ports, what, endpoints }): StackViolation[] => {
      const { selector } = fields(object.content.spec);
      const found = fitting(selector);
      // Without objects of its namespaces, the set says nothing about who else is there; operators make some of them.
      if (found === undefined || mayBeMade(object.namespace, selectorWords(selector))) return [];
      if (found.length === 0) {
        if (podsMayBeMade(object.namespace, [])) return [];
        const problem = `it selects ${describeSelector(selector)}, which no ${what} of its namespaces has as labels`;
        return [{ object, path: "spec.selector", problem, fix: `Select by labels of the ${what} itself` }];
      }
      return endpoints.flatMap(({ path, port }) => {
        if (portNames(found, ports).has(port)) return [];
        const have = found.slice(0, 3).map((one) => `${what} ${one.name} has ${describe(ports(one))}`);
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

/** Reads the names of the ports of what is selected once, however many monitors select it. */
function namesOfPorts() {
  const known = new WeakMap<readonly StackObject[], ReadonlySet<string | undefined>>();
  return (found: readonly StackObject[], ports: Monitor["ports"]) => {
    const names = known.get(found) ?? new Set(found.flatMap(ports).map(({ name }) => name));
    known.set(found, names);
    return names;
  };
}

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
  const servicesFitting = remembering((place, selector) =>
    stack
      .ofKind("Service", place)
      .filter(({ content }) => fits(selector, texts(fields(content.metadata).labels))),
  );
  const podsFitting = remembering(stack.podsFitting);
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
          : servicesFitting(places, selector),
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
          ? podsFitting(places, selector)
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

type Look = (place: string, selector: unknown) => readonly StackObject[];

/** Looks for a selector in several namespaces, once for each question: a thousand monitors may have the same. */
function remembering(look: Look): (places: readonly string[], selector: unknown) => readonly StackObject[] {
  const answers = new Map<string, readonly StackObject[]>();
  return (places, selector) => {
    const question = `${places.join()} ${selectorKey(selector)}`;
    const answer = answers.get(question) ?? places.flatMap((place) => look(place, selector));
    answers.set(question, answer);
    return answer;
  };
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
