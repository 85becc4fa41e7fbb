import type { Engine, KeyPair } from "../../components/storage/engine.ts";
import type { StorageArgs } from "../../components/storage/index.ts";
import { objectStorage } from "../../config/sections/object-storage.ts";
import { credential, platform } from "./platform.ts";

/** The section of the configuration, with nothing but defaults. */
const defaults = objectStorage.parse({});

export const versitygw: Engine = {
  kind: "versitygw",
  image: "registry.test/versitygw:1.8.0",
  resources: defaults.resources,
  storage: defaults.storage,
  exporterImage: "registry.test/statsd-exporter:0.28.0",
  exporterResources: defaults.exporter.resources,
};

export const seaweedfs: Engine = {
  kind: "seaweedfs",
  image: "registry.test/seaweedfs:4.44",
  resources: defaults.resources,
  storage: defaults.storage,
};

export const external: Engine = {
  kind: "external",
  endpoint: "https://s3.example.com",
  authority: "-----BEGIN CERTIFICATE-----",
};

export const keyPair: KeyPair = { id: "the-id", secret: credential("the-key") };

export function storageArgs(changes: Partial<StorageArgs> = {}): StorageArgs {
  return {
    platform: platform(),
    engine: versitygw,
    region: defaults.region,
    bucket: defaults.bucket,
    keyPair,
    program: { image: "registry.test/object-storage:1.0", ...defaults.program },
    ...changes,
  };
}
