import * as pulumi from "@pulumi/pulumi";
import type { Credential } from "../../components/foundation/credentials.ts";
import type { Platform } from "../../components/foundation/index.ts";
import type { MountedCredential } from "../../components/foundation/mounted-credential.ts";
import { settingsOf } from "../../config/settings.ts";
import { accepted } from "./config-cases.ts";

/** A validated configuration of nothing but defaults. */
export const defaults = accepted({});

/** What a tier stands on, in a namespace `place`. */
export function platform(changes: Partial<Platform> = {}): Platform {
  return {
    namespace: pulumi.output("place"),
    clusterDomain: "cluster.test",
    settings: { configMap: pulumi.output("platform-settings"), values: settingsOf(defaults) },
    pullSecrets: [],
    metricsCredential: mounted("metrics"),
    ...changes,
  };
}

/** A credential that readers mount from the Secret `NAME-credentials`. */
export function mounted(credential: MountedCredential["credential"]): MountedCredential {
  return {
    credential,
    secret: pulumi.output(`${credential}-credentials`),
    revision: pulumi.output(`${credential}-revision`),
  };
}

/** A secret value, and its revision. */
export function credential(value: string): Credential {
  return { value: pulumi.secret(value), revision: pulumi.output("0123456789ab") };
}
