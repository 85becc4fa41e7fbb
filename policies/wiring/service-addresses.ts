import { type Address, addressOf, answers, serviceNameOf, urlsIn } from "../objects/addresses.ts";
import { madeByOperators } from "../objects/operators.ts";
import { describeServicePorts, servicePortsOf } from "../objects/ports.ts";
import { similarNames } from "../objects/similar-names.ts";
import type { Stack, StackObject } from "../objects/stack.ts";
import { memberPath } from "../objects/texts.ts";
import { list, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Programs are told addresses that answer. */
export const serviceAddresses = stackRule({
  name: "service-addresses",
  severity: "mandatory",
  description:
    "Addresses of Services in environments and ConfigMaps are those of Services that exist, with their ports.",
  why: "The program cannot connect.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services",
  check(stack) {
    const mayBeMade = madeByOperators(stack);
    const evidence = evidenceOf(stack);
    return addressesOf(stack).flatMap(({ object, path, who, address: { host, port } }) => {
      const wanted = serviceNameOf(host, object.namespace);
      if (!wanted) return [];
      const { name, namespace } = wanted;
      const service = stack.find("Service", namespace, name);
      if (service) {
        if (port === undefined || answers(stack, service, port)) return [];
        const ports = describeServicePorts(servicePortsOf(service));
        const problem = `${who} is told port ${port} of Service ${name}, which has ${ports}`;
        return [{ object, path, problem, fix: "Write a port of the Service" }];
      }
      if (!evidence(wanted) || mayBeMade(namespace, [name])) return [];
      const problem = `${who} is told host ${host}, and namespace ${namespace} has no Service ${name}`;
      return [{ object, path, problem, fix: "Write the name of a Service, or make one of that name" }];
    });
  },
});

interface Told {
  readonly object: StackObject;
  readonly path: string;
  /** Who is told it, such as `variable STORE_HOST of container web`. */
  readonly who: string;
  readonly address: Address;
}

/**
 * Whether a name that no Service of the set has is a mistake. It may be a Service of others or a host of another network, unless
 * a workload is called like it, or a Service nearly so.
 */
function evidenceOf(stack: Stack): (wanted: { name: string; namespace: string }) => boolean {
  const workloads = new Set(stack.workloads.map(({ namespace, name }) => `${namespace} ${name}`));
  const services = new Map(
    [...Map.groupBy(stack.ofKind("Service"), ({ namespace }) => namespace)].map(([namespace, own]) => [
      namespace,
      similarNames(own.map(({ name }) => name)),
    ]),
  );
  return ({ name, namespace }) =>
    workloads.has(`${namespace} ${name}`) || (services.get(namespace)?.(name) ?? false);
}

function addressesOf(stack: Stack): Told[] {
  const variables = stack.workloads.flatMap((object) =>
    object.containers.flatMap(({ container, name, path }) => {
      const env = list(container.env).map((item, index) => ({
        ...texts(item),
        path: `${path}.env[${index}].value`,
      })) as { name?: string; value?: string; path: string }[];
      const values = Object.fromEntries(env.map((one) => [one.name ?? "", one.value ?? ""]));
      return env.flatMap((one) =>
        toldBy(values, one.name ?? "", one.value ?? "").map((address) => ({
          object,
          path: one.path,
          who: `variable ${one.name} of container ${name}`,
          address,
        })),
      );
    }),
  );
  const keys = stack.ofKind("ConfigMap").flatMap((object) => {
    const values = texts(object.content.data);
    return Object.entries(values).flatMap(([key, value]) =>
      toldBy(values, key, value).map((address) => ({
        object,
        path: memberPath("data", key),
        who: `key ${key}`,
        address,
      })),
    );
  });
  return [...variables, ...keys];
}

const hostKey = /(^|[_.-])(host|hostname|addr|address|server)$/i;
const connectKey =
  /(^|[_.-])(host|hostname|addr|address|server|url|uri|endpoint|target|backend|upstream|dsn|broker|bootstrap)s?$/i;

/** The addresses that a setting holds: URLs anywhere; `host:port`, or a host with its port beside it, under a name that says so. */
function toldBy(values: Readonly<Record<string, string>>, key: string, value: string): Address[] {
  if (value.includes("\n") || value.length > 1000) return urlsIn(value);
  const parts = value.split(",").map((part) => part.trim());
  return parts.flatMap((part) => {
    const address = addressOf(part);
    const isUrl = part.includes("://");
    if (!address || (!isUrl && !connectKey.test(key))) return [];
    const beside = address.port === undefined && hostKey.test(key) ? portBeside(values, key) : undefined;
    return [beside === undefined ? address : { ...address, port: beside }];
  });
}

/** The port that goes with a host: STORE_PORT with STORE_HOST. */
function portBeside(values: Readonly<Record<string, string>>, key: string): number | undefined {
  const given =
    values[key.replace(hostKey, (_, before) => `${before}${/[a-z]$/.test(key) ? "port" : "PORT"}`)];
  return given !== undefined && /^\d+$/.test(given) ? Number(given) : undefined;
}
