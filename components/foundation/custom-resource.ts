import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** The shape that typed models of custom resources have in common. */
interface CustomObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec?: unknown;
}

/** A value, or a tree of values, any of which may be known only later. */
export type DeepInput<T> = T extends readonly (infer Item)[]
  ? pulumi.Input<readonly DeepInput<Item>[]>
  : T extends object
    ? pulumi.Input<{ readonly [Key in keyof T]: DeepInput<T[Key]> }>
    : pulumi.Input<T>;

/**
 * What an operator has to write before the resource is ready: a condition that is True, or a path of the object that has a
 * value. No filters: the provider before 4.34 reads them otherwise. See
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-pulumi/#waitfor
 */
export type Awaited = `condition=${string}` | `jsonpath={.${string}}=${string}`;

export interface CustomResourceArgs<Model extends CustomObject> {
  readonly apiVersion: Model["apiVersion"];
  readonly kind: Model["kind"];
  readonly metadata: {
    readonly name: string;
    /** @default none: the resource is of the whole cluster */
    readonly namespace?: pulumi.Input<string>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: DeepInput<NonNullable<Model["spec"]>>;
  /** All that has to hold before a dependant starts. @default nothing: the resource is ready when it is accepted */
  readonly awaits?: readonly Awaited[];
}

/** A resource of an operator's kind; dependants wait for what its operator says of it. */
export function customResource<Model extends CustomObject>(
  name: string,
  { apiVersion, kind, metadata, spec, awaits = [] }: CustomResourceArgs<Model>,
  options: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const [first, ...more] = awaits;
  const waitFor = first && { "pulumi.com/waitFor": more.length > 0 ? JSON.stringify(awaits) : first };
  const annotations = { ...metadata.annotations, ...waitFor };
  return new k8s.apiextensions.CustomResource(
    name,
    { apiVersion, kind, metadata: { ...metadata, ...(waitFor && { annotations }) }, spec },
    options,
  );
}
