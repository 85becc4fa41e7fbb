import type * as pulumi from "@pulumi/pulumi";
import { type Component, workloadLabels } from "./labels.ts";

/** Metadata of an object that belongs to a workload of the platform. */
export function metadataOf(args: {
  /** Name of the object. */
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  /** The workload that it belongs to, and the part that this plays. */
  readonly workload: string;
  readonly component: Component;
}) {
  const { name, namespace, workload, component } = args;
  return { name, namespace, labels: workloadLabels(workload, component) };
}
