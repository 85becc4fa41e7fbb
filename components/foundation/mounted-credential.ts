import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type CredentialName, credentialFiles, credentialsDirectory } from "../contract/runtime.ts";
import { credentialRevisionAnnotation } from "./checksum.ts";

/** A Secret as a workload of ours reads it: files, and the variables that hold their paths. */
export interface MountedCredential {
  readonly credential: CredentialName;
  /** Name of the Secret; known only once the server that checks the credential accepts it. */
  readonly secret: pulumi.Output<string>;
  readonly revision: pulumi.Output<string>;
}

/** A Secret that readers may mount as soon as it exists. */
export function secretMount(
  credential: CredentialName,
  secret: k8s.core.v1.Secret,
  revision: pulumi.Output<string>,
): MountedCredential {
  return { credential, secret: secret.metadata.name, revision };
}

/** The parts of a pod that give it these credentials. */
export function mountsOf(credentials: readonly MountedCredential[]) {
  const env = credentials.flatMap(({ credential }) =>
    Object.entries(credentialFiles[credential]).map(([entry, variable]) => ({
      name: variable,
      value: `${credentialsDirectory}/${credential}/${entry}`,
    })),
  );
  const volumeMounts = credentials.map(({ credential }) => ({
    name: credential,
    mountPath: `${credentialsDirectory}/${credential}`,
    readOnly: true,
  }));
  const volumes = credentials.map(({ credential, secret }) => ({
    name: credential,
    secret: {
      secretName: secret,
      defaultMode: 0o440,
      items: Object.keys(credentialFiles[credential]).map((entry) => ({ key: entry, path: entry })),
    },
  }));
  const annotations = Object.fromEntries(
    credentials.map(({ credential, revision }) => [credentialRevisionAnnotation(credential), revision]),
  );
  return { env, volumeMounts, volumes, annotations };
}
