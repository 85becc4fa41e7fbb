import type { z } from "zod";
import type { NetworkConfig } from "./sections/network.ts";

/** A party of section `network` that pods find by an address of the configuration. */
type Party = "traceCollector" | "objectStorage" | "alertReceivers";

interface Addresses {
  readonly network: Pick<NetworkConfig, Party>;
  readonly settings: { readonly otlpEndpoint?: string | undefined };
  readonly objectStorage: { readonly external: { readonly endpoint?: string | undefined } };
  readonly alerting: { readonly email: { readonly smarthost?: string | undefined } };
  readonly alertWebhookUrl?: string | undefined;
  readonly alertSlackUrl?: string | undefined;
  readonly alertPagerdutyKey?: string | undefined;
  readonly alertWatchdogUrl?: string | undefined;
}

/**
 * Whoever is connected to is so at a port that the network policies let through: packets to another one are dropped without a
 * word. Nothing can be told of a party in a namespace, as its pods may have another port than the Service before them.
 */
export function checkPorts(config: Addresses, context: z.core.$RefinementCtx<unknown>): void {
  for (const { path, party, port } of targetsOf(config)) {
    const { ports, namespaces } = config.network[party];
    if (port === undefined || ports.includes(port) || namespaces.length > 0) continue;
    const allowed =
      `reached at a port among network.${party}.ports, which are ${ports.join(", ")}, as no other is let through; add ${port} there, ` +
      `or, for pods of this cluster, their own port there and their namespace to network.${party}.namespaces`;
    context.addIssue({ code: "custom", path, params: { allowed } });
  }
}

interface Target {
  readonly path: string[];
  readonly party: Party;
  /** Undefined for what is not configured, or is no legal address and reported as that. */
  readonly port: number | undefined;
}

function targetsOf({ settings, objectStorage, alerting, ...secrets }: Addresses): Target[] {
  const { smarthost } = alerting.email;
  const receiver = (path: string[], port: number | undefined): Target => ({
    path,
    party: "alertReceivers",
    port,
  });
  return [
    { path: ["settings", "otlpEndpoint"], party: "traceCollector", port: portOf(settings.otlpEndpoint) },
    {
      path: ["objectStorage", "external", "endpoint"],
      party: "objectStorage",
      port: portOf(objectStorage.external.endpoint),
    },
    receiver(
      ["alerting", "email", "smarthost"],
      smarthost === undefined ? undefined : Number(smarthost.split(":").at(-1)),
    ),
    receiver(["alertWebhookUrl"], portOf(secrets.alertWebhookUrl)),
    receiver(["alertSlackUrl"], portOf(secrets.alertSlackUrl)),
    receiver(["alertPagerdutyKey"], secrets.alertPagerdutyKey === undefined ? undefined : https),
    receiver(["alertWatchdogUrl"], portOf(secrets.alertWatchdogUrl)),
  ];
}

const https = 443;

function portOf(url: string | undefined): number | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? https : 80) : Number(port);
}
