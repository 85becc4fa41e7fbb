import type { ModelData } from "@kubernetes-models/base";

/** A class of `@kubernetes-models`. */
interface ModelClass<Data> {
  new (data?: ModelData<Data>): { validate(): void };
}

/**
 * That a custom resource has the types and values of its kind; unknown fields are the API server's to refuse.
 *
 * @throws Error that lists the fields that do not
 */
export function expectValid<Data>(Model: ModelClass<Data>, resource: unknown): void {
  new Model(resource as ModelData<Data>).validate();
}
