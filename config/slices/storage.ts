import * as pulumi from "@pulumi/pulumi";
import type { Foundation } from "../../components/foundation/index.ts";
import type { Engine, KeyPair } from "../../components/storage/engine.ts";
import type { StorageArgs } from "../../components/storage/index.ts";
import type { StackConfig } from "../schema.ts";
import { ownImage } from "./images.ts";

/** The public part of the key pair, unless somebody else has chosen it. */
const accessKeyId = "iot-verification";

export function storageArgs(config: StackConfig, { platform, credentials }: Foundation): StorageArgs {
  const { region, bucket, program } = config.objectStorage;
  return {
    platform,
    engine: engineOf(config),
    region,
    bucket,
    keyPair: { id: keyIdOf(config), secret: credentials.objectStorage },
    program: { image: ownImage(config.images, "object-storage"), ...program },
  };
}

function keyIdOf({ objectStorageAccessKeyId: given }: StackConfig): KeyPair["id"] {
  return given === undefined ? accessKeyId : pulumi.secret(given);
}

function engineOf({ objectStorage, images }: StackConfig): Engine {
  const { engine: kind, resources, storage, exporter, external } = objectStorage;
  switch (kind) {
    case "versitygw":
      return {
        kind,
        image: images.versitygw,
        resources,
        storage,
        exporterImage: images.statsdExporter,
        exporterResources: exporter.resources,
      };
    case "seaweedfs":
      return { kind, image: images.seaweedfs, resources, storage };
    case "external":
      // An external engine without an endpoint is refused with the configuration.
      return { kind, endpoint: external.endpoint ?? "", authority: external.authority };
  }
}
