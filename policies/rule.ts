/** A Kubernetes object as somebody wrote it: nothing about its shape is certain. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** Something that a rule objects to. */
export interface Violation {
  /** Path of the field, such as `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** What is wrong, why that matters, and what to write instead. Never quotes a credential. */
  readonly message: string;
}

/** A rule about single Kubernetes objects. */
export interface Rule {
  /** Unique name in kebab-case. */
  readonly name: string;
  /** The rule in one sentence, with its source. */
  readonly description: string;
  /** `mandatory` stops an update, `advisory` warns. */
  readonly enforcementLevel: "mandatory" | "advisory";
  /** Judges one object of any kind; objects that the rule is not about have no violations. */
  check(object: KubernetesObject): Violation[];
}
