import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { installedVersions, type OperatorId } from "../contract/operators.ts";
import { clusterNamespace } from "./namespaces.ts";

export interface InstalledArgs {
  readonly versions: Readonly<Partial<Record<OperatorId, string>>>;
}

/** Says in the cluster what is installed, once all of it is: stacks of the platform look here before they create anything. */
export class Installed extends pulumi.ComponentResource {
  constructor(name: string, { versions }: InstalledArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:cluster:Installed", name, {}, options);
    const place = clusterNamespace(`${name}-namespace`, installedVersions.namespace, { parent: this });
    new k8s.core.v1.ConfigMap(
      `${name}-versions`,
      {
        metadata: { name: installedVersions.name, namespace: place.metadata.name },
        data: { ...versions },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
