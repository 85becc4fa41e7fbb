/** What the API server of a cluster holds for the sake of its real node. */
import type { Report } from "../../report.ts";
import { type Admin, call } from "../api.ts";
import { apply, type Furnishing, until } from "../furnish.ts";
import { realPodsPolicy, trialImage, trialImageOf } from "./admission.ts";
import { dnsService } from "./dns.ts";
import { realNode, realNodeLabel } from "./settings.ts";

/**
 * Says where Service `kubernetes` leads. The API server writes its address there, and its port when it makes the object,
 * but never another port: after a restart on another one, pods would call the former.
 */
export async function publishApi(admin: Admin, at: { address: string; port: number }): Promise<void> {
  const ports = [{ name: "https", port: at.port, protocol: "TCP" }];
  const patch = (path: string, body: unknown) =>
    call(admin, { method: "PATCH", path, body, contentType: "application/merge-patch+json" });
  await patch("/api/v1/namespaces/default/endpoints/kubernetes", {
    subsets: [{ addresses: [{ ip: at.address }], ports }],
  });
  await patch("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes", {
    endpoints: [{ addresses: [at.address], conditions: { ready: true } }],
    ports,
  });
}

/** From when this resolves on, new pods of these images, and of no others, go to the real node. */
export async function directPods(
  admin: Admin,
  images: readonly string[],
  { signal }: Pick<Furnishing, "signal">,
): Promise<void> {
  await apply(admin, realPodsPolicy(images));
  const what = "The policy for pods of the real node was not in force";
  await until(what, () => isDirected(admin, trialImageOf(images)), signal);
}

/** Asks what would become of a pod: policies are in force a moment after the API server has taken them. */
async function isDirected(admin: Admin, image: string): Promise<boolean> {
  const { body } = await call(admin, {
    method: "POST",
    path: "/api/v1/namespaces/default/pods?dryRun=All",
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "local-cluster-trial" },
      spec: { containers: [{ name: "trial", image }] },
    },
  });
  const { spec } = JSON.parse(body) as { spec?: { nodeSelector?: Record<string, string> } };
  return spec?.nodeSelector?.[realNodeLabel.key] === realNodeLabel.value;
}

interface Container {
  readonly image: string;
}

/** What is looked at of a pod. */
export interface Pod {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: { readonly phase?: string };
}

interface Images {
  /** What the real node has. */
  readonly available: readonly string[];
  /** Of these, what it had with another content. */
  readonly changed: readonly string[];
}

/**
 * Why a pod should be made anew: it is played and could run, runs and cannot any more, or runs an image of old. Only of
 * those that a controller makes anew: the kubelet looks after its own.
 */
export function misplacement(pod: Pod, { available, changed }: Images): string | undefined {
  const { metadata, spec, status } = pod;
  const isOver = metadata.deletionTimestamp || status?.phase === "Succeeded" || status?.phase === "Failed";
  const isRemade = metadata.ownerReferences?.some(({ kind, controller }) => controller && kind !== "Node");
  if (isOver || !spec.nodeName || !isRemade) return undefined;
  const images = [...spec.containers, ...(spec.initContainers ?? [])].map(({ image }) => image);
  const isReal = spec.nodeName === realNode.name;
  const canBeReal = images.every((image) => available.includes(image));
  if (isReal && !canBeReal) return "its image is not on the real node any more";
  if (!isReal && canBeReal) return "it can run for real now";
  return isReal && images.some((image) => changed.includes(image)) ? "its image has changed" : undefined;
}

const podPath = ({ metadata }: Pod) => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;

async function podsOf(admin: Admin): Promise<readonly Pod[]> {
  const { body } = await call(admin, { method: "GET", path: "/api/v1/pods" });
  return (JSON.parse(body) as { readonly items: readonly Pod[] }).items;
}

/** Deletes the pods that are not where they belong: their controllers make them anew. */
export async function movePods(admin: Admin, args: Images & { readonly report: Report }): Promise<void> {
  for (const pod of await podsOf(admin)) {
    const reason = misplacement(pod, args);
    if (!reason) continue;
    args.report.step(`Replacing pod ${pod.metadata.name}, as ${reason}.`);
    await call(admin, { method: "DELETE", path: podPath(pod) });
  }
}

/** Takes back what a real node needs of the API server, and its pods, which are made anew on the played ones. */
export async function forgetRealNode(admin: Admin, { signal }: Pick<Furnishing, "signal">): Promise<void> {
  const policies = realPodsPolicy([]).map(
    ({ collection, object }) => `${collection}/${object.metadata.name}`,
  );
  const dns = `${dnsService.collection}/${dnsService.object.metadata.name}`;
  for (const path of [...policies, dns, `/api/v1/nodes/${realNode.name}`]) {
    await call(admin, { method: "DELETE", path });
  }
  const what = "The policy for pods of the real node was still in force";
  await until(what, async () => !(await isDirected(admin, trialImage)), signal);
  for (const pod of await podsOf(admin)) {
    const isDirectedThere = pod.spec.nodeSelector?.[realNodeLabel.key] === realNodeLabel.value;
    if (!isDirectedThere && pod.spec.nodeName !== realNode.name) continue;
    // No kubelet is left to say that it has ended.
    await call(admin, { method: "DELETE", path: `${podPath(pod)}?gracePeriodSeconds=0` });
  }
}
