/** Exceptions from what judges of manifests ask for: declared on the object, listed by `npm run audit`. */

/** A check of a judge that an object does not pass, and why that is right. */
export interface AuditException {
  /** The judge's own identifier, such as `CKV_K8S_43` or `container-image-pull-policy`. */
  readonly check: string;
  /** For who reads the audit. */
  readonly reason: string;
}

/** An annotation with this prefix names a check; its value is the reason. */
export const auditAnnotationPrefix = "audit.iot-verification.dev/";

/**
 * Annotations that declare exceptions. They belong to the object itself, never to its pod template: a reason that is worded
 * anew rolls no pod.
 *
 * @throws Error when a check is named twice, or is given no reason
 */
export function auditExceptions(exceptions: readonly AuditException[]): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const { check, reason } of exceptions) {
    const key = `${auditAnnotationPrefix}${check}`;
    if (annotations[key] !== undefined) throw new Error(`the check ${check} is excepted twice`);
    if (reason.trim() === "") throw new Error(`the exception from ${check} gives no reason`);
    annotations[key] = reason;
  }
  return annotations;
}

/** What decides which checks a workload of published images cannot pass. */
export interface PublishedWorkload {
  /** Complete references of all its containers' images. */
  readonly images: readonly string[];
  /** Whom its publisher lets the image run as. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Number of pods behind a Service, where the workload is a Deployment. @default not one */
  readonly replicas?: number;
  /** Its account's token is mounted. @default false */
  readonly apiAccess?: boolean;
}

/** Identifiers from which on no user or group of a machine is expected, by the judges. */
const highId = 10_000;

/**
 * What a workload of published images is excepted from: each exception stands only where it is needed. The platform's
 * own images have but `unpublished`.
 */
export function publishedExceptions(workload: PublishedWorkload): AuditException[] {
  const { images, user, replicas, apiAccess = false } = workload;
  return [
    ...pinnedByTag(images),
    ...when(
      user.uid < highId || user.gid < highId,
      ["container-security-context-user-group-id"],
      publishedReasons.user,
    ),
    ...when(user.uid < highId, ["CKV_K8S_40"], publishedReasons.user),
    ...when(user.uid <= highId, ["KSV-0020"], publishedReasons.user),
    ...when(user.gid <= highId, ["KSV-0021"], publishedReasons.user),
    ...when(replicas === 1, ["deployment-replicas"], publishedReasons.single),
    ...when(apiAccess, ["CKV_K8S_38"], publishedReasons.token),
  ];
}

/** For published images that are not pinned by digest. */
export function pinnedByTag(images: readonly string[]): AuditException[] {
  return when(
    images.some((image) => !image.includes("@")),
    ["CKV_K8S_43"],
    publishedReasons.tag,
  );
}

/** For the platform's own images while they have no digest. */
export function unpublished(images: readonly string[]): AuditException[] {
  return when(
    images.some((image) => !image.includes("@")),
    ["CKV_K8S_43"],
    "Pinned by the tag of a version; its digest is known once it is in a registry, and is given in images.overrides",
  );
}

const publishedReasons = {
  tag: "Pinned by the tag of a version; a digest differs from mirror to mirror, and is given in the configuration (images)",
  user: "The user that the image is published for and that owns its files (docs/images.md)",
  single:
    "Nothing waits for it: pods that are replaced leave a gap in what is observed, and no request unanswered",
  token: "It asks the API server, and may only what its role lists",
} as const;

/**
 * For a ConfigMap whose text names settings that have secrets: trivy takes the word for the thing.
 *
 * @param checks those that its text does not pass
 */
export function namesNoSecret(...checks: readonly ("KSV-01010" | "KSV-0109")[]): AuditException[] {
  const reason = "It names settings that have secrets; their values come from Secrets, as files or variables";
  return checks.map((check) => ({ check, reason }));
}

function when(applies: boolean, checks: readonly string[], reason: string): AuditException[] {
  return applies ? checks.map((check) => ({ check, reason })) : [];
}

/** For an operator's resource whose pods ask the API server. */
export function tokenOfOperated(check: "KSV-0036"): AuditException[] {
  return [{ check, reason: publishedReasons.token }];
}

/** What selects pods that are not in the rendering, as an operator makes them of its resource. */
export function podsOfOperators(check: string): AuditException[] {
  return [{ check, reason: "An operator makes its pods, of a template that is in its resource" }];
}
