import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { storageClasses } from "../contract/operators.ts";

/**
 * Longhorn's classes. Parameters of a class cannot change, and volumes keep those that they were made with.
 * https://longhorn.io/docs/1.12.1/references/storage-class-parameters/
 */
export class StorageClasses extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("iot:cluster:StorageClasses", name, {}, options);
    this.create(`${name}-replicated`, storageClasses.replicated, {
      numberOfReplicas: "3",
      dataLocality: "best-effort",
      staleReplicaTimeout: "30",
    });
    this.create(`${name}-local`, storageClasses.local, {
      numberOfReplicas: "1",
      dataLocality: "strict-local",
      staleReplicaTimeout: "30",
    });
    this.registerOutputs();
  }

  private create(name: string, className: string, parameters: Readonly<Record<string, string>>) {
    return new k8s.storage.v1.StorageClass(
      name,
      {
        metadata: { name: className },
        provisioner: "driver.longhorn.io",
        parameters: { ...parameters, fsType: "ext4", dataEngine: "v1" },
        allowVolumeExpansion: true,
        reclaimPolicy: "Retain",
        // The node of the pod decides where a local replica is made.
        volumeBindingMode: "WaitForFirstConsumer",
      },
      { parent: this },
    );
  }
}
