/**
 * Pins the platform's own images in the configuration of a stack, once they are published:
 * `node images/pin.ts Pulumi.prod.yaml api-gateway=REGISTRY/api-gateway:VERSION@sha256:DIGEST...`
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { ownImages } from "./programs.ts";

const key = "iot-verification:images";

/**
 * The text of a stack's configuration with images pinned; what it says besides, comments too, stays.
 *
 * @param pins `IMAGE=REFERENCE@sha256:DIGEST`
 * @throws Error that names a pin that is none, or a text that is no configuration
 */
export function pinned(configuration: string, pins: readonly string[]): string {
  const document = parseDocument(configuration);
  const [broken] = document.errors;
  if (broken) throw new Error(`The configuration is not YAML: ${broken.message}`);
  for (const pin of pins) {
    const [, image = "", reference] = /^([^=]+)=(\S+@sha256:[0-9a-f]{64})$/.exec(pin) ?? [];
    if (!reference || !Object.hasOwn(ownImages, image)) {
      throw new Error(
        `"${pin}" pins no image: it must be IMAGE=REFERENCE@sha256:DIGEST, where IMAGE is one of ` +
          Object.keys(ownImages).join(", "),
      );
    }
    document.setIn(["config", key, "overrides", image], reference);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

if (import.meta.main) {
  const [file, ...pins] = process.argv.slice(2);
  if (!file || pins.length === 0)
    throw new Error("Usage: node images/pin.ts FILE IMAGE=REFERENCE@sha256:DIGEST...");
  writeFileSync(file, pinned(readFileSync(file, "utf8"), pins));
}
