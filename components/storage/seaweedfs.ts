import * as pulumi from "@pulumi/pulumi";
import { systemPorts } from "../contract/systems.ts";
import type { SystemPod } from "../foundation/system-pod.ts";
import {
  acceptedDirectory,
  awaitAccepted,
  configurationDirectory,
  dataDirectory,
  type KeyPair,
  type SeaweedfsEngine,
  type ServerArgs,
} from "./engine.ts";

/** Entry of the accepted Secret with who may enter, in the form of SeaweedFS. */
export const identitiesEntry = "identities.json";

/** https://github.com/seaweedfs/seaweedfs/wiki/Amazon-S3-API#static-configuration */
export function identitiesOf({ id, secret }: KeyPair): pulumi.Output<string> {
  return pulumi.all([id, secret.value]).apply(([accessKey, secretKey]) =>
    JSON.stringify({
      identities: [
        {
          name: accessKey,
          credentials: [{ accessKey, secretKey }],
          actions: ["Admin", "Read", "List", "Tagging", "Write"],
        },
      ],
    }),
  );
}

/**
 * The pod of SeaweedFS: user 1000, as its image's entry point chooses, which is not used. Master, volume server and filer
 * of the same process ask nobody who they are: only the network policies keep others from them.
 */
export function seaweedfsPod(engine: SeaweedfsEngine, { accepted }: ServerArgs): SystemPod {
  const awaiting = awaitAccepted(accepted);
  const answers = { httpGet: { path: "/status", port: "s3" } };
  return {
    user: { uid: 1000, gid: 1000 },
    files: { directory: configurationDirectory, content: awaiting.files },
    secrets: [
      { name: "accepted", directory: acceptedDirectory, entries: [identitiesEntry, "revision"], ...accepted },
    ],
    scratch: [{ name: "scratch", directory: "/tmp", size: "64Mi" }],
    // It stops taking work for 10 seconds before it stops.
    terminationGracePeriodSeconds: 60,
    containers: [
      {
        name: "seaweedfs",
        image: engine.image,
        command: [...awaiting.command, "weed"],
        env: awaiting.env,
        args: [
          "-logtostderr=true",
          "server",
          `-dir=${dataDirectory}`,
          "-ip=localhost",
          "-ip.bind=0.0.0.0",
          // As many volumes as the disk has room for, none of them larger than a small disk.
          "-volume.max=0",
          "-master.volumeSizeLimitMB=1024",
          "-s3",
          `-s3.port=${systemPorts.objectStorage.s3}`,
          `-s3.config=${acceptedDirectory}/${identitiesEntry}`,
          `-metricsPort=${systemPorts.objectStorage.metrics}`,
        ],
        resources: engine.resources,
        // As long as the key pair is waited for, and a little more.
        startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 120 },
        readinessProbe: { ...answers, periodSeconds: 5, timeoutSeconds: 3 },
        livenessProbe: {
          tcpSocket: { port: "s3" },
          periodSeconds: 10,
          timeoutSeconds: 5,
          failureThreshold: 6,
        },
      },
    ],
  };
}
