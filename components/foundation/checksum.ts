import { createHash, createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** Pod annotation that changes exactly when a setting does that the pod reads, so that it rolls. */
export const settingsChecksumAnnotation = "iot-verification.dev/settings-checksum";

/** Pod annotation that changes exactly when the credential does that the pod reads, so that it rolls. */
export function credentialRevisionAnnotation(credential: string): string {
  return `iot-verification.dev/${credential}-revision`;
}

/** Checksum of plain data, independent of the order of its keys. */
export function checksumOf(data: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 16);
}

/**
 * Makes revisions of credentials: one changes exactly when its credential does, and tells nothing of it, because it is
 * keyed with a secret of the stack. Plain, so that names and annotations may carry it.
 */
export function revisionWith(key: pulumi.Input<string>) {
  return (content: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.unsecret(
      pulumi
        .all([key, content])
        .apply(([secret, value]) => createHmac("sha256", secret).update(value).digest("hex").slice(0, 12)),
    );
}
