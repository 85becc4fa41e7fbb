/** A Kubernetes object as somebody wrote it: nothing about its shape is certain. */
export type KubernetesObject = Readonly<Record<string, unknown>>;
