import { byValue, type Cases, type Series } from "./case.ts";

const tsn = { namespace: "n", workload: "tsn-verification" };
const inTsn = 'namespace="n",workload="tsn-verification"';
const pod = { ...tsn, pod: "tsn-verification-5d4f8c7b9-abcde", container: "tsn-verification" };
const inPod = `${inTsn},pod="tsn-verification-5d4f8c7b9-abcde",container="tsn-verification"`;
const minutes = (count: number) => count * 60;

/** What makes pods: the metric of how many there are to be, and the one of how many work. */
const kinds = {
  deployment: ["kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"],
  statefulset: ["kube_statefulset_replicas", "kube_statefulset_status_replicas_ready"],
  daemonset: ["kube_daemonset_status_desired_number_scheduled", "kube_daemonset_status_number_available"],
} as const;

function podsOf(kind: keyof typeof kinds, name: string, wanted: string, working: string): Series {
  const of = (metric: string) => `${metric}{namespace="n",workload="${name}",${kind}="${name}"}`;
  const [all, some] = kinds[kind];
  return { [of(all)]: wanted, [of(some)]: working };
}

const everyKind = [
  { ...tsn, deployment: "tsn-verification" },
  { namespace: "n", workload: "redis", statefulset: "redis" },
  { namespace: "n", workload: "filebeat", daemonset: "filebeat" },
];

const quota = (resource: string, type: "used" | "hard") =>
  `kube_resourcequota{namespace="n",resourcequota="capacity",resource="${resource}",type="${type}"}`;

/** Workloads, quota, certificates, probes, as Kubernetes and the blackbox exporter see them. */
export const clusterCases: Cases = {
  WorkloadUnavailable: {
    fires: [
      {
        series: {
          ...podsOf("deployment", "tsn-verification", "2x300", "0x300"),
          ...podsOf("statefulset", "redis", "1x300", "0x300"),
          ...podsOf("daemonset", "filebeat", "3x300", "0x300"),
        },
        at: 5,
        labels: everyKind,
      },
    ],
    silent: [
      {
        series: {
          ...podsOf("deployment", "tsn-verification", "2x300", "1x300"),
          ...podsOf("deployment", "off", "0x300", "0x300"),
          ...podsOf("statefulset", "off", "0x300", "0x300"),
          ...podsOf("daemonset", "off", "0x300", "0x300"),
          ...podsOf("statefulset", "redis", "1x300", "0x4 1x300"),
        },
        until: 240,
      },
    ],
  },
  WorkloadDegraded: {
    fires: [
      {
        series: {
          ...podsOf("deployment", "tsn-verification", "2x300", "1x300"),
          ...podsOf("statefulset", "redis", "1x300", "0x300"),
          ...podsOf("daemonset", "filebeat", "3x300", "2x300"),
        },
        at: 15,
        labels: everyKind,
      },
    ],
    silent: [
      {
        series: {
          // A rollout has one more for a while.
          ...podsOf("deployment", "tsn-verification", "2x300", "3x100 1x14 2x300"),
          ...podsOf("statefulset", "redis", "1x300", "1x300"),
          ...podsOf("daemonset", "filebeat", "3x300", "3x300"),
        },
        until: 240,
      },
    ],
  },
  RolloutStuck: {
    fires: [
      {
        series: {
          [`kube_deployment_status_condition{${inTsn},deployment="tsn-verification",condition="Progressing",status="false"}`]:
            "1x300",
          'kube_statefulset_replicas{namespace="n",workload="redis",statefulset="redis"}': "1x300",
          'kube_statefulset_status_replicas_updated{namespace="n",workload="redis",statefulset="redis"}':
            "0x300",
        },
        at: 15,
        labels: [
          { ...tsn, deployment: "tsn-verification", condition: "Progressing", status: "false" },
          { namespace: "n", workload: "redis", statefulset: "redis" },
        ],
      },
    ],
    silent: [
      {
        series: {
          [`kube_deployment_status_condition{${inTsn},deployment="tsn-verification",condition="Progressing",status="false"}`]:
            "0x300",
          [`kube_deployment_status_condition{${inTsn},deployment="tsn-verification",condition="Available",status="false"}`]:
            "1x300",
          'kube_statefulset_replicas{namespace="n",workload="redis",statefulset="redis"}': "3x300",
          'kube_statefulset_status_replicas_updated{namespace="n",workload="redis",statefulset="redis"}':
            "0x14 1x14 2x14 3x300",
        },
        until: 240,
      },
    ],
  },
  PodCrashLooping: byValue({
    at: 10,
    labels: { ...pod, reason: "CrashLoopBackOff" },
    series: {
      // Between two attempts it runs for a while.
      [`kube_pod_container_status_waiting_reason{${inPod},reason="CrashLoopBackOff"}`]: [
        "1 1 0 0 0 1 1 0 0 0 1 1 0 0 0 1 1 1x100",
        "0x300",
        "1 1 0x300",
      ],
      [`kube_pod_container_status_waiting_reason{${inPod},reason="ErrImagePull"}`]: ["0x300", "1x300"],
    },
  }),
  ContainerWaiting: byValue({
    at: 15,
    labels: { ...pod, reason: "ImagePullBackOff" },
    series: {
      [`kube_pod_container_status_waiting_reason{${inPod},reason="ImagePullBackOff"}`]: [
        "1x300",
        "0x300",
        "1x14 0x300",
      ],
      [`kube_pod_container_status_waiting_reason{${inPod},reason="CrashLoopBackOff"}`]: ["0x300", "1x300"],
      [`kube_pod_container_status_waiting_reason{${inPod},reason="PodInitializing"}`]: ["0x300", "1x300"],
    },
  }),
  PodPending: byValue({
    at: 15,
    labels: { ...tsn, pod: "p", phase: "Pending" },
    series: {
      [`kube_pod_status_phase{${inTsn},pod="p",phase="Pending"}`]: ["1x300", "0x300", "1x14 0x300"],
      [`kube_pod_status_phase{${inTsn},pod="p",phase="Running"}`]: ["0x300", "1x300"],
    },
  }),
  JobFailed: byValue({
    at: 5,
    labels: { namespace: "n", workload: "w", job_name: "w-12345678", condition: "true" },
    series: {
      'kube_job_failed{namespace="n",workload="w",job_name="w-12345678",condition="true"}': [
        "0x4 1x300",
        "0x300",
      ],
      'kube_job_failed{namespace="n",workload="w",job_name="w-12345678",condition="false"}': [
        "0x300",
        "1x300",
      ],
    },
  }),
  JobRunsLong: byValue({
    at: 126,
    labels: { namespace: "n", workload: "w", job_name: "w-12345678" },
    series: {
      'kube_job_status_start_time{namespace="n",workload="w",job_name="w-12345678"}': [
        "0x300",
        "0x300",
        "7200x300",
      ],
      'kube_job_status_active{namespace="n",workload="w",job_name="w-12345678"}': ["1x300", "0x300", "1x300"],
    },
  }),
  DisruptionBudgetUnmet: byValue({
    at: 15,
    labels: { ...tsn, poddisruptionbudget: "tsn-verification" },
    series: {
      [`kube_poddisruptionbudget_status_current_healthy{${inTsn},poddisruptionbudget="tsn-verification"}`]: [
        "0x300",
        "1x300",
        "0x14 1x300",
      ],
      [`kube_poddisruptionbudget_status_desired_healthy{${inTsn},poddisruptionbudget="tsn-verification"}`]: [
        "1x300",
      ],
    },
  }),
  QuotaAlmostExhausted: byValue({
    at: 15,
    labels: { namespace: "n", resourcequota: "capacity", resource: "limits.memory" },
    series: {
      [quota("limits.memory", "used")]: ["91x300", "90x300", "0x300"],
      [quota("limits.memory", "hard")]: ["100x300", "100x300", "0x300"],
      // Volumes have just what they take.
      [quota("persistentvolumeclaims", "used")]: ["7x300"],
      [quota("persistentvolumeclaims", "hard")]: ["7x300"],
      [quota("requests.storage", "used")]: ["64x300"],
      [quota("requests.storage", "hard")]: ["64x300"],
    },
  }),
  CertificateExpiresSoon: byValue({
    at: 60,
    labels: { namespace: "n", workload: "kibana", instance: "kibana:5601" },
    series: {
      'probe_ssl_earliest_cert_expiry{namespace="n",workload="kibana",instance="kibana:5601"}': [
        "2591999x300",
        `${30 * 24 * 3600 + minutes(300)}x300`,
      ],
    },
  }),
  CertificateExpiresVerySoon: byValue({
    at: 10,
    labels: { namespace: "n", workload: "kibana", instance: "kibana:5601" },
    series: {
      'probe_ssl_earliest_cert_expiry{namespace="n",workload="kibana",instance="kibana:5601"}': [
        "604799x300",
        `${7 * 24 * 3600 + minutes(300)}x300`,
      ],
    },
  }),
  ...Object.fromEntries(
    [
      ["GatewayUnreachable", "api-gateway"],
      ["ObjectStorageUnreachable", "object-storage"],
      ["ElasticsearchUnreachable", "elasticsearch"],
      ["KibanaUnreachable", "kibana"],
      ["LogstashUnreachable", "logstash"],
    ].map(([alert, workload]) => [
      alert,
      byValue({
        at: 3,
        labels: { namespace: "n", workload: `${workload}`, instance: "i" },
        series: {
          [`probe_success{namespace="n",workload="${workload}",instance="i"}`]: [
            "0x300",
            "1x300",
            "0x2 1x300",
          ],
          'probe_success{namespace="n",workload="another",instance="j"}': ["0x300"],
        },
      }),
    ]),
  ),
};
