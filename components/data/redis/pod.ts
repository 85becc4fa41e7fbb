import type * as pulumi from "@pulumi/pulumi";
import { servicePorts } from "../../contract/runtime.ts";
import {
  checksumOf,
  credentialRevisionAnnotation,
  settingsChecksumAnnotation,
} from "../../foundation/checksum.ts";
import type { Credential } from "../../foundation/credentials.ts";
import { containerSecurity } from "../../foundation/hardening.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import type { ServerPod } from "../stateful-server.ts";

interface RedisPodArgs {
  readonly image: string;
  readonly password: Credential;
  readonly resources: ContainerResources;
  /** The configuration, and the ConfigMap that holds it. */
  readonly files: Readonly<Record<string, string>>;
  readonly configMap: pulumi.Output<string>;
  /** Secret with the password that the server has to accept. */
  readonly secret: pulumi.Output<string>;
}

const secretDirectory = "/run/secrets/redis";

/** The pod of the official image: user 999, as its Dockerfile creates it. */
export function redisPod(args: RedisPodArgs): ServerPod {
  return {
    user: { uid: 999, gid: 999 },
    annotations: {
      [settingsChecksumAnnotation]: checksumOf(args.files),
      [credentialRevisionAnnotation("redis")]: args.password.revision,
    },
    terminationGracePeriodSeconds: 30,
    dataDirectory: "/data",
    container: container(args),
    volumeMounts: [
      { name: "configuration", mountPath: "/etc/redis", readOnly: true },
      { name: "credentials", mountPath: secretDirectory, readOnly: true },
      { name: "run", mountPath: "/run/redis" },
    ],
    volumes: [
      { name: "configuration", configMap: { name: args.configMap, defaultMode: 0o555 } },
      { name: "credentials", secret: { secretName: args.secret, defaultMode: 0o440 } },
      { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
    ],
  };
}

function container({ image, resources }: RedisPodArgs): ServerPod["container"] {
  return {
    name: "redis",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["/etc/redis/start.sh"],
    ports: [{ name: "redis", containerPort: servicePorts.redis, protocol: "TCP" }],
    resources,
    startupProbe: { exec: { command: answers("PONG|LOADING") }, periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { exec: { command: answers("PONG") }, periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: {
      exec: { command: answers("PONG|LOADING|NOAUTH|WRONGPASS") },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    securityContext: containerSecurity,
  };
}

/** redis-cli ends well whatever the server says, so what it says is what counts. */
function answers(pattern: string): string[] {
  return [
    "sh",
    "-c",
    `REDISCLI_AUTH="$(cat ${secretDirectory}/password)" redis-cli --no-auth-warning ping 2>&1 | grep -qE '${pattern}'`,
  ];
}
