import { stringify } from "yaml";
import type { Admin } from "./api.ts";

/** A kubeconfig of one context, named like the cluster, that needs no other file. */
export function buildKubeconfig(args: { readonly name: string; readonly admin: Admin }): string {
  const { name, admin } = args;
  const data = (pem: string) => Buffer.from(pem).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": name,
      clusters: [{ name, cluster: { server: admin.server, "certificate-authority-data": data(admin.ca) } }],
      users: [
        { name, user: { "client-certificate-data": data(admin.cert), "client-key-data": data(admin.key) } },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
    },
    { lineWidth: 0 },
  );
}
