import { operators } from "../../components/contract/operators.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { Shape } from "../../components/networking/graph.ts";
import type { NetworkingArgs } from "../../components/networking/index.ts";
import type { Peers } from "../../components/networking/policies.ts";
import type { StackConfig } from "../schema.ts";
import type { NetworkConfig } from "../sections/network.ts";
import { shipperNamespaceOf } from "./foundation.ts";
import { tellsAnyone } from "./metrics.ts";

export function networkingArgs(config: StackConfig, { platform }: Foundation): NetworkingArgs {
  return {
    namespaces: {
      platform: { name: config.namespace, created: platform.namespace },
      shipper: { name: shipperNamespaceOf(config), created: platform.shipperNamespace },
    },
    shape: shapeOf(config),
    peers: peersOf(config.network),
    ...(config.mesh.form === "ambient" && { mesh: { trustDomain: config.mesh.trustDomain } }),
  };
}

function tracesOf({ settings: { otlpEndpoint } }: StackConfig): Shape["traces"] {
  if (otlpEndpoint === undefined) return "jaeger";
  return otlpEndpoint === "" ? "none" : "external";
}

/** What of a configuration decides who connects to whom. */
function shapeOf(config: StackConfig): Shape {
  return {
    objectStorage: config.objectStorage.engine,
    metricsServer: config.autoscaling.metrics === "install",
    alertReceivers: tellsAnyone(config),
    traces: tracesOf(config),
    jaeger: config.jaeger.form,
    logs: config.logging.form,
    metrics: config.prometheus.form,
  };
}

/** Where those outside are, by the configuration. */
export function peersOf(network: NetworkConfig): Peers {
  const { podSelector, ...dns } = network.dns;
  return {
    gatewayClients: { ...network.gatewayClients, ports: [] },
    dns: { ...dns, labels: labelsOf(podSelector) },
    kubernetesApi: network.kubernetesApi,
    // Pods on their node's network are in no namespace that a policy could name.
    kubelets: { cidrs: network.kubelets.cidrs, ports: network.kubelets.ports, namespaces: [] },
    objectStorageOutside: network.objectStorage,
    elasticsearchOutside: network.elasticsearch,
    elasticOperator: { namespaces: [operators.eck.namespace], cidrs: [], ports: [] },
    traceCollector: network.traceCollector,
    alertReceivers: network.alertReceivers,
  };
}

/** The labels of a selector such as `app=dns,tier=node`. */
function labelsOf(selector: string): Record<string, string> {
  return Object.fromEntries(selector.split(",").map((label) => label.split("=") as [string, string]));
}
