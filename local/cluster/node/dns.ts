/** DNS of a cluster with a real node: CoreDNS in a pod, where and labelled as clusters have it. */
import { stringify } from "yaml";
import { dnsAddress, type Initial } from "../settings.ts";
import { clusterDomain, inside, sandboxImage } from "./settings.ts";

/** Where policies of stacks look for DNS, as every installer of Kubernetes puts it there. */
const place = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const name = "coredns";

/** Path of the pod among the API server's objects: the kubelet names it after itself, too. */
export const dnsPodPath = (node: string) => `/api/v1/namespaces/${place.namespace}/pods/${name}-${node}`;

/** Files of the folder that the pod has from its node. */
export const dnsFiles = { corefile: "Corefile", kubeconfig: "kubeconfig" } as const;

/** Configuration of CoreDNS: the names of the cluster. Any other is refused: nothing beyond it can be reached anyway. */
export const corefile = `${clusterDomain}:53 in-addr.arpa:53 {
  errors
  ready
  kubernetes {
    kubeconfig ${inside.dns}/${dnsFiles.kubeconfig}
    pods insecure
    ttl 5
  }
}
`;

/** The Service by which pods ask for names; its address is known before there is a pod behind it. */
export const dnsService: Initial = {
  collection: `/api/v1/namespaces/${place.namespace}/services`,
  object: {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kube-dns", ...place },
    spec: {
      clusterIP: dnsAddress,
      selector: place.labels,
      ports: ["UDP", "TCP"].map((protocol) => ({
        name: protocol.toLowerCase(),
        protocol,
        port: 53,
        targetPort: 53,
      })),
    },
  },
};

/**
 * The pod, as a file that the kubelet runs by itself: it is there before any that asks for names. Its program is the node's,
 * in the image that the node has for the sandboxes of pods.
 * @param program path of CoreDNS, of one piece; another version is at another path
 */
export function dnsManifest(program: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...place },
    spec: {
      priorityClassName: "system-node-critical",
      automountServiceAccountToken: false,
      // It would ask itself.
      dnsPolicy: "Default",
      containers: [
        {
          name,
          image: sandboxImage,
          imagePullPolicy: "Never",
          command: ["/coredns", "-conf", `${inside.dns}/${dnsFiles.corefile}`],
          readinessProbe: { httpGet: { port: 8181, path: "/ready" }, periodSeconds: 1 },
          // As root, though without its rights, to read what only root may.
          securityContext: {
            runAsUser: 0,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
          },
          volumeMounts: [
            { name: "program", mountPath: "/coredns", readOnly: true },
            { name: "configuration", mountPath: inside.dns, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "program", hostPath: { path: program, type: "File" } },
        { name: "configuration", hostPath: { path: inside.dns, type: "Directory" } },
      ],
    },
  });
}
