import type { AutoscalingArgs } from "../../components/autoscaling/index.ts";
import type { StandardId } from "../../components/contract/standards.ts";
import type { Scaling } from "../../components/foundation/autoscaler.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { StackConfig } from "../schema.ts";

type Scaled = Pick<StackConfig, "autoscaling">;

export function autoscalingArgs(
  { images, autoscaling, network }: Pick<StackConfig, "images" | "autoscaling" | "network">,
  { platform }: Pick<Foundation, "platform">,
): AutoscalingArgs {
  const { metrics, metricsServer } = autoscaling;
  const kubeletCertificates = network.kubelets.certificates ?? "unverified";
  return {
    platform,
    metrics,
    metricsServer: { image: images.metricsServer, ...metricsServer, kubeletCertificates },
  };
}

/** How the gateway scales. @returns undefined where nothing scales */
export function gatewayScaling({ autoscaling: { metrics, gateway } }: Scaled): Scaling | undefined {
  if (metrics === "none") return undefined;
  const { maxReplicas, cpuUtilization, memoryUtilization } = gateway;
  return { maximum: maxReplicas, cpuUtilization, memoryUtilization };
}

/** How a standard's verifier scales. @returns undefined where nothing scales */
export function verifierScaling(
  { autoscaling: { metrics, verification } }: Scaled,
  id: StandardId,
): Scaling | undefined {
  if (metrics === "none") return undefined;
  const own = verification.overrides[id] ?? {};
  return {
    maximum: own.maxReplicas ?? verification.maxReplicas,
    cpuUtilization: own.cpuUtilization ?? verification.cpuUtilization,
    memoryUtilization: own.memoryUtilization ?? verification.memoryUtilization,
  };
}
