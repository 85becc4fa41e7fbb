import type { Scope } from "../objects/places.ts";

/** Fields of which only one may be there. */
interface ExclusiveFields {
  readonly scope: Scope;
  /** Where they are, such as `volumes[]`. */
  readonly holder: string;
  /** What the holder is called in messages. */
  readonly what: string;
  readonly fields: readonly string[];
  /** One of them has to be there. */
  readonly isNeeded?: true;
}

const handlers = ["exec", "httpGet", "tcpSocket", "grpc"];

/** https://kubernetes.io/docs/reference/kubernetes-api/ says so of each. */
export const exclusiveFieldSets: readonly ExclusiveFields[] = [
  {
    scope: "pod",
    holder: "volumes[]",
    what: "the volume",
    // One without any is an empty directory.
    fields: [
      "configMap",
      "secret",
      "emptyDir",
      "persistentVolumeClaim",
      "projected",
      "downwardAPI",
      "hostPath",
      "ephemeral",
      "csi",
      "nfs",
      "image",
      "iscsi",
      "fc",
      "flexVolume",
      "gitRepo",
      "awsElasticBlockStore",
      "azureDisk",
      "azureFile",
      "cephfs",
      "cinder",
      "flocker",
      "gcePersistentDisk",
      "glusterfs",
      "photonPersistentDisk",
      "portworxVolume",
      "quobyte",
      "rbd",
      "scaleIO",
      "storageos",
      "vsphereVolume",
    ],
  },
  { scope: "container", holder: "env[]", what: "the variable", fields: ["value", "valueFrom"] },
  {
    scope: "container",
    holder: "env[].valueFrom",
    what: "the source of the variable",
    fields: ["configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"],
    isNeeded: true,
  },
  {
    scope: "container",
    holder: "envFrom[]",
    what: "the source of variables",
    fields: ["configMapRef", "secretRef"],
    isNeeded: true,
  },
  { scope: "container", holder: "volumeMounts[]", what: "the mount", fields: ["subPath", "subPathExpr"] },
  ...["livenessProbe", "readinessProbe", "startupProbe"].map(
    (holder): ExclusiveFields => ({
      scope: "container",
      holder,
      what: "the probe",
      fields: handlers,
      isNeeded: true,
    }),
  ),
  ...["lifecycle.postStart", "lifecycle.preStop"].map(
    (holder): ExclusiveFields => ({
      scope: "container",
      holder,
      what: "the hook",
      fields: ["exec", "httpGet", "tcpSocket", "sleep"],
      isNeeded: true,
    }),
  ),
  ...["spec.defaultBackend", "spec.rules[].http.paths[].backend"].flatMap((holder): ExclusiveFields[] => [
    { scope: { kinds: ["Ingress"] }, holder, what: "the backend", fields: ["service", "resource"] },
    {
      scope: { kinds: ["Ingress"] },
      holder: `${holder}.service.port`,
      what: "the port of the backend",
      fields: ["name", "number"],
    },
  ]),
  ...["spec.ingress[].from[]", "spec.egress[].to[]"].flatMap((holder): ExclusiveFields[] => [
    { scope: { kinds: ["NetworkPolicy"] }, holder, what: "the peer", fields: ["ipBlock", "podSelector"] },
    {
      scope: { kinds: ["NetworkPolicy"] },
      holder,
      what: "the peer",
      fields: ["ipBlock", "namespaceSelector"],
    },
  ]),
];
