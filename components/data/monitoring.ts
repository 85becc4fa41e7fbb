import type * as pulumi from "@pulumi/pulumi";

/** User of each server that reads its statistics, and nothing else. */
export const monitoringUser = "monitoring";

/** Entry of a server's accepted Secret with that user's password. */
export const monitoringPasswordEntry = "monitoring-password";

/** The login of that user as an exporter mounts it. */
export interface MonitoringLogin {
  /** Name of its Secret, once the server accepts the login. */
  readonly secret: pulumi.Output<string>;
  /** Changes exactly when the login does. */
  readonly revision: pulumi.Output<string>;
}
