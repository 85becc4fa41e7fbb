import { inside } from "./node/settings.ts";

/** Go templates of the kwok stages: what the node side would write into each object's status. */

const now = "{{ $now := Now }}";

const waiting = (list: string) => `
{{ range .spec.${list} }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state: { waiting: { reason: {{ $reason | Quote }} } }
{{ end }}`;

const ready = (value: string, reason: string) => `
- { type: Ready, status: ${value}, reason: ${reason}, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: ${value}, reason: ${reason}, lastTransitionTime: {{ $now | Quote }} }`;

const initDone = (sidecar: string) => `
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  restartCount: 0
  ready: true
  {{ if eq (or .restartPolicy "") "Always" }}
  ${sidecar}
  {{ else }}
  started: false
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
  {{ end }}
{{ end }}
{{ end }}`;

const stopped = (exitCode: number, reason: string) => `
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state: { terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
{{ end }}`;

/** Taken over by its node: conditions are there, containers wait. */
export const podAccepted = `${now}{{ $reason := "ContainerCreating" }}{{ if .spec.initContainers }}{{ $reason = "PodInitializing" }}{{ end }}
phase: Pending
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
conditions:
- { type: Initialized, status: {{ if .spec.initContainers }}"False", reason: ContainersNotInitialized{{ else }}"True"{{ end }}, lastTransitionTime: {{ $now | Quote }} }
${ready('"False"', "ContainersNotReady").trim()}
{{ if .spec.initContainers }}
initContainerStatuses:${waiting("initContainers")}
{{ end }}
containerStatuses:${waiting("containers")}
`;

/** Init containers run. */
export const podInitRunning = `${now}
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
`;

/** Init containers have ended; sidecars go on. */
export const podInitialized = `${now}${initDone("started: true\n  state: { running: { startedAt: {{ $now | Quote }} } }")}
conditions:
- { type: Initialized, status: "True", reason: "", lastTransitionTime: {{ $now | Quote }} }
`;

/** Containers run; those without a readiness probe are ready at once, and so is a pod of only such. */
export const podRunning = `${now}{{ $ready := true }}{{ range .spec.containers }}{{ if .readinessProbe }}{{ $ready = false }}{{ end }}{{ end }}
phase: Running
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}
{{ if $ready }}
conditions:${ready('"True"', '""')}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: {{ if .readinessProbe }}false{{ else }}true{{ end }}
  started: {{ if .startupProbe }}false{{ else }}true{{ end }}
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
`;

/** Every readiness probe has succeeded; readiness gates are taken as open. */
export const podReady = `${now}{{ $root := . }}
conditions:${ready('"True"', '""')}
{{ range .spec.readinessGates }}
- { type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }} }
{{ end }}
containerStatuses:
{{ range $index, $item := .spec.containers }}
- name: {{ $item.name | Quote }}
  image: {{ $item.image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: {{ YAML (index $root.status.containerStatuses $index).state 2 }}
{{ end }}
`;

const sidecarEnded =
  "started: false\n  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }";

/** A Job's pod has done its work. */
export const podSucceeded = `${now}
phase: Succeeded
conditions:${ready('"False"', "PodCompleted")}
${initDone(sidecarEnded)}
${stopped(0, "Completed")}
`;

/** Stopped by its deletion. */
export const podStopped = `${now}
phase: Failed
conditions:${ready('"False"', "PodFailed")}
${stopped(143, "Error")}
`;

/**
 * The volume behind a claim, of the size that the claim asks for: a folder of the real node, whose pods mount it, and but
 * a name on the others. Every node accepts it, as a claim that is served at once does not know its pod's. Of type
 * `local`, as the kubelet gives its files to the group of a pod (`fsGroup`), which it does not for a `hostPath`.
 */
export const volume = `
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-{{ .metadata.uid }}
  annotations:
    pv.kubernetes.io/provisioned-by: {{ index .metadata.annotations "volume.kubernetes.io/storage-provisioner" | Quote }}
spec:
  accessModes:
  {{ YAML .spec.accessModes 1 }}
  capacity:
    storage: {{ .spec.resources.requests.storage | Quote }}
  persistentVolumeReclaimPolicy: Delete
  storageClassName: {{ .spec.storageClassName | Quote }}
  volumeMode: {{ or .spec.volumeMode "Filesystem" | Quote }}
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    name: {{ .metadata.name | Quote }}
    namespace: {{ .metadata.namespace | Quote }}
    uid: {{ .metadata.uid | Quote }}
  local:
    path: ${inside.volumes}/pvc-{{ .metadata.uid }}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions:
        - { key: kubernetes.io/os, operator: In, values: [linux] }
`;

/** A claim that has got the size that it asks for. */
export const grownClaim = `
capacity:
  storage: {{ .spec.resources.requests.storage | Quote }}
`;

const nodeConditions = (more: string) => `${now}
{{ with NodePort }}
daemonEndpoints: { kubeletEndpoint: { Port: {{ . }} } }
{{ end }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
${more}{{ end }}
`;

/** A node that has become healthy. */
export const nodeReady = nodeConditions("  lastTransitionTime: {{ $now | Quote }}\n");

/** A node that still is. */
export const nodeHeartbeat = nodeConditions("");
