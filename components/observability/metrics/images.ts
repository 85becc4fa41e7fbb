/** `nobody`, which the images of the Prometheus project, of its community, and of kube-state-metrics run as; see docs/images.md. */
export const nobody = { uid: 65534, gid: 65534 } as const;
