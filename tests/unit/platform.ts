import * as pulumi from "@pulumi/pulumi";
import { type CredentialName, credentialFiles } from "../../components/contract/runtime.ts";
import { checksumOf } from "../../components/foundation/checksum.ts";
import type { Credential } from "../../components/foundation/credentials.ts";
import type { Platform } from "../../components/foundation/index.ts";
import type { MountedCredential } from "../../components/foundation/mounted-credential.ts";
import { settingsOf } from "../../config/slices/settings.ts";
import { accepted } from "./config-cases.ts";

/** A validated configuration of nothing but defaults. */
export const defaults = accepted({});

/** What a tier stands on, in a namespace `place`; `revision` makes the revisions. */
export function platform(changes: Partial<Platform> = {}): Platform {
  return {
    namespace: pulumi.output("place"),
    shipperNamespace: pulumi.output("place-logs"),
    clusterDomain: "cluster.test",
    settings: { configMap: pulumi.output("platform-settings"), values: settingsOf(defaults) },
    pullSecrets: [],
    metricsCredential: mounted("metrics"),
    revisionOf: (content) => pulumi.unsecret(pulumi.output(content).apply(revision)),
    ...changes,
  };
}

/** The revision of a content: 12 digits, as the platform's own are. */
export function revision(content: string): string {
  return checksumOf({ content }).slice(0, 12);
}

/** A credential that has never been rotated, which readers mount from the Secret `NAME-credentials`. */
export function mounted(name: CredentialName): MountedCredential {
  return {
    credential: name,
    secret: pulumi.output(`${name}-credentials`),
    entries: Object.keys(credentialFiles[name]).filter((entry) => !entry.startsWith("previous-")),
    revision: pulumi.output(`${name}-revision`),
  };
}

/** A secret value, and the one before it, if any. */
export function credential(value: string, previous?: string): Credential {
  return {
    value: pulumi.secret(value),
    ...(previous !== undefined && { previous: pulumi.secret(previous) }),
  };
}
