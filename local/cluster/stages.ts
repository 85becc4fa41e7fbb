import type { DelayTable, ImageDelays } from "./delays.ts";
import { provisioners } from "./settings.ts";
import * as template from "./templates.ts";

/** A condition on the object that a stage takes up, in kwok's jq form. */
export interface Match {
  readonly jq: { readonly key: string; readonly operator: string; readonly values?: readonly string[] };
}

/** A kwok Stage (kwok.x-k8s.io/v1alpha1): one step in the life of every object that its selector matches. */
export interface Stage {
  readonly apiVersion: "kwok.x-k8s.io/v1alpha1";
  readonly kind: "Stage";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly apiGroup: string; readonly kind: string };
    readonly selector: { readonly matchExpressions: readonly Match[] };
    readonly delay?: {
      readonly durationMilliseconds?: number;
      readonly jitterDurationMilliseconds?: number;
      readonly durationFrom?: { readonly jq: { readonly expression: string } };
    };
    readonly steps: readonly object[];
  };
}

const is = (key: string, ...values: string[]): Match => ({ jq: { key, operator: "In", values } });
const isNot = (key: string, ...values: string[]): Match => ({ jq: { key, operator: "NotIn", values } });
const exists = (key: string): Match => ({ jq: { key, operator: "Exists" } });
const lacks = (key: string): Match => ({ jq: { key, operator: "DoesNotExist" } });

const condition = (type: string) => `.status.conditions.[] | select( .type == "${type}" ) | .status`;
const living = lacks(".metadata.deletionTimestamp");
const deleted = exists(".metadata.deletionTimestamp");
const waitsForNode = isNot(".metadata.deletionGracePeriodSeconds", "0");
const pending = is(".status.phase", "Pending");
const running = is(".status.phase", "Running");
const ofJob = is(".metadata.ownerReferences.[].kind", "Job");
const notOfJob = isNot(".metadata.ownerReferences.[].kind", "Job");

const milliseconds = (seconds: number, scale: number) => Math.round(seconds * scale * 1000);

/** A jq function of an image name to milliseconds. */
function byImage(name: string, delays: ImageDelays, scale: number): string {
  const known = delays.filter((entry) => entry.image !== "*");
  const other = delays.find((entry) => entry.image === "*");
  const table = Object.fromEntries(known.map((entry) => [entry.image, milliseconds(entry.seconds, scale)]));
  return (
    `def ${name}: (split("@")[0] | split("/")[-1] | split(":")[0]) as $image` +
    ` | (${JSON.stringify(table)}[$image] // ${milliseconds(other?.seconds ?? 0, scale)});`
  );
}

/** A delay in the form that kwok parses, from a jq expression in milliseconds. */
const delayOf = (functions: string, expression: string) => ({
  durationFrom: { jq: { expression: `${functions} (${expression}) | floor | tostring + "ms"` } },
});

const initImages = "(.spec.initContainers // [])[]";
const hasClaim = "any((.spec.volumes // [])[]; .persistentVolumeClaim != null or .ephemeral != null)";

/** Scheduled to first container: sandbox, volumes, all pulls, container start. */
function creation(delays: DelayTable, scale: number) {
  const fixed = milliseconds(delays.sandbox.seconds + delays.container.seconds, scale);
  const attach = milliseconds(delays.attach.seconds, scale);
  return delayOf(
    byImage("pull", delays.pull, scale),
    `([.spec.containers[].image, ${initImages}.image] | unique | map(pull) | add) + ${fixed}` +
      ` + (if ${hasClaim} then ${attach} else 0 end)`,
  );
}

/** Running to Ready: the slowest container's first successful probe, on the grid of its delay and period. */
function readiness(delays: DelayTable, scale: number) {
  const grid = [
    "def probed($p; $t): ((($p.initialDelaySeconds // 0) * 1000 * $scale) as $first",
    "| (($p.periodSeconds // 10) * 1000 * $scale) as $period",
    "| if $t <= $first then $first else $first + ((($t - $first) / $period) | ceil) * $period end);",
  ].join(" ");
  return delayOf(
    `${scale} as $scale | ${byImage("answers", delays.answers, scale)} ${grid}`,
    "[.spec.containers[] | (.image | answers) as $t" +
      " | (if .startupProbe then probed(.startupProbe; $t) else $t end) as $started" +
      " | if .readinessProbe then probed(.readinessProbe; $started) else 0 end] | max",
  );
}

function stage(
  name: string,
  kind: string,
  matchExpressions: readonly Match[],
  rest: Pick<Stage["spec"], "delay" | "steps">,
): Stage {
  const resourceRef = { apiGroup: "v1", kind };
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: { resourceRef, selector: { matchExpressions }, ...rest },
  };
}

const status = (text: string) => ({
  patch: { subresource: "status", root: "status", type: "strategic", template: text },
});

function podStages(delays: DelayTable, scale: number): Stage[] {
  const withInit = exists(".spec.initContainers.[].name");
  const withoutInit = lacks(".spec.initContainers.[].name");
  const waiting = exists(".status.containerStatuses.[].state.waiting.reason");
  const initialized = is(condition("Initialized"), "True");
  const initWaiting = exists(".status.initContainerStatuses.[].state.waiting.reason");
  const create = creation(delays, scale);
  const run = { steps: [status(template.podRunning)] };
  return [
    stage(
      "pod-accepted",
      "Pod",
      [living, lacks(".status.startTime"), isNot(".status.phase", "Succeeded", "Failed")],
      {
        steps: [status(template.podAccepted)],
      },
    ),
    stage("pod-init-running", "Pod", [living, pending, withInit, initWaiting], {
      delay: create,
      steps: [status(template.podInitRunning)],
    }),
    stage(
      "pod-initialized",
      "Pod",
      [
        living,
        pending,
        withInit,
        lacks(".status.initContainerStatuses.[].state.waiting.reason"),
        isNot(condition("Initialized"), "True"),
        exists(".status.startTime"),
      ],
      {
        delay: delayOf(
          byImage("takes", delays.init, scale),
          `[${initImages} | select(.restartPolicy != "Always") | .image | takes] | add // 0`,
        ),
        steps: [status(template.podInitialized)],
      },
    ),
    stage("pod-running", "Pod", [living, pending, withoutInit, initialized, waiting], {
      delay: create,
      ...run,
    }),
    stage("pod-running-after-init", "Pod", [living, pending, withInit, initialized, waiting], {
      delay: { durationMilliseconds: milliseconds(delays.container.seconds, scale) },
      ...run,
    }),
    stage("pod-ready", "Pod", [living, running, notOfJob, isNot(condition("Ready"), "True")], {
      delay: readiness(delays, scale),
      steps: [status(template.podReady)],
    }),
    stage("pod-complete", "Pod", [living, running, ofJob], {
      delay: delayOf(byImage("takes", delays.job, scale), "[.spec.containers[].image | takes] | max"),
      steps: [status(template.podSucceeded)],
    }),
    // A grace period of 0 is the kubelet's own last word: what then remains waits for a finalizer, not for a node.
    stage("pod-stop", "Pod", [deleted, waitsForNode, isNot(".status.phase", "Succeeded", "Failed")], {
      delay: delayOf(
        byImage("takes", delays.stop, scale),
        "[([.spec.containers[].image | takes] | max), (.metadata.deletionGracePeriodSeconds // 30) * 1000] | min",
      ),
      steps: [status(template.podStopped)],
    }),
    stage("pod-delete", "Pod", [deleted, waitsForNode, is(".status.phase", "Succeeded", "Failed")], {
      steps: [{ delete: true }],
    }),
  ];
}

function volumeStages(delays: DelayTable, scale: number): Stage[] {
  return [
    // The real controllers decide: the persistent volume controller names the provisioner once a claim is to be served
    // (with WaitForFirstConsumer after the scheduler chose a node) and binds claim and volume. Only the volume is played.
    stage(
      "claim-provision",
      "PersistentVolumeClaim",
      [
        living,
        lacks(".spec.volumeName"),
        is('.metadata.annotations["volume.kubernetes.io/storage-provisioner"]', ...provisioners),
      ],
      {
        delay: { durationMilliseconds: milliseconds(delays.provision.seconds, scale) },
        steps: [{ apply: { template: template.volume } }],
      },
    ),
    // The API server lets a claim of a growing class grow only.
    stage(
      "claim-resize",
      "PersistentVolumeClaim",
      [
        living,
        is(".status.phase", "Bound"),
        is('.metadata.annotations["volume.kubernetes.io/storage-provisioner"]', ...provisioners),
        is(".spec.resources.requests.storage == .status.capacity.storage | tostring", "false"),
      ],
      {
        delay: { durationMilliseconds: milliseconds(delays.provision.seconds, scale) },
        steps: [{ apply: { template: template.volume } }, status(template.grownClaim)],
      },
    ),
    stage(
      "volume-delete",
      "PersistentVolume",
      [
        living,
        is(".status.phase", "Released"),
        is(".spec.persistentVolumeReclaimPolicy", "Delete"),
        is('.metadata.annotations["pv.kubernetes.io/provisioned-by"]', ...provisioners),
      ],
      { steps: [{ delete: true }] },
    ),
  ];
}

const nodeStages = [
  stage("node-ready", "Node", [isNot(condition("Ready"), "True")], { steps: [status(template.nodeReady)] }),
  stage("node-heartbeat", "Node", [is(condition("Ready"), "True")], {
    // Well within the controller manager's patience of 200 s (kwokctl's setting).
    delay: { durationMilliseconds: 30_000, jitterDurationMilliseconds: 35_000 },
    steps: [status(template.nodeHeartbeat)],
  }),
];

/**
 * The kwok stages of the local cluster.
 * @param scale Multiplies every delay of the table and of the pods' probes; 1 is like a real cluster.
 */
export function buildStages(args: { readonly delays: DelayTable; readonly scale: number }): Stage[] {
  const { delays, scale } = args;
  return [...nodeStages, ...podStages(delays, scale), ...volumeStages(delays, scale)];
}
