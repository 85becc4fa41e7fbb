import type * as pulumi from "@pulumi/pulumi";
import { type CredentialName, credentialFiles, credentialsDirectory } from "../contract/runtime.ts";
import { credentialRevisionAnnotation } from "./checksum.ts";

/** A Secret as a workload of ours reads it: files, and the variables that hold their paths. */
export interface MountedCredential {
  readonly credential: CredentialName;
  /** Name of the Secret; what it is derived from decides when its readers may start. */
  readonly secret: pulumi.Output<string>;
  /** Those entries of the contract that the Secret has. */
  readonly entries: readonly string[];
  /** Changes exactly when what readers read does. */
  readonly revision: pulumi.Output<string>;
}

/** Entries of a Secret that a workload reads while it runs, whenever they are there: it waits for none, and does not roll. */
export interface ObservedSecret {
  readonly credential: CredentialName;
  /** Name of the Secret, which may come later. */
  readonly secret: string;
  readonly entries: readonly string[];
}

/** The parts of a pod that give it these credentials. */
export function mountsOf(
  mounted: readonly (Omit<MountedCredential, "secret"> & { readonly secret: pulumi.Input<string> })[],
  observed: readonly ObservedSecret[] = [],
) {
  const credentials = [...mounted, ...observed];
  const env = credentials.flatMap(({ credential, entries }) =>
    Object.entries(credentialFiles[credential])
      .filter(([entry]) => entries.includes(entry))
      .map(([entry, variable]) => ({
        name: variable,
        value: `${credentialsDirectory}/${credential}/${entry}`,
      })),
  );
  const volumeMounts = credentials.map(({ credential }) => ({
    name: credential,
    mountPath: `${credentialsDirectory}/${credential}`,
    readOnly: true,
  }));
  const volumes = [
    ...mounted.map((one) => volumeOf(one)),
    ...observed.map((one) => volumeOf(one, { optional: true })),
  ];
  const annotations = Object.fromEntries(
    mounted.map(({ credential, revision }) => [credentialRevisionAnnotation(credential), revision]),
  );
  return { env, volumeMounts, volumes, annotations };
}

function volumeOf(
  args: Pick<MountedCredential, "credential" | "entries"> & { readonly secret: pulumi.Input<string> },
  options: { readonly optional?: true } = {},
) {
  const { credential, secret, entries } = args;
  const items = entries.map((entry) => ({ key: entry, path: entry }));
  return { name: credential, secret: { secretName: secret, defaultMode: 0o440, items, ...options } };
}
