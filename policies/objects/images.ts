import { containersOf, type PodSpec } from "./pods.ts";
import { fields, list, text } from "./values.ts";

/** An image that a pod uses. */
interface UsedImage {
  readonly path: string;
  /** Such as `container web`. */
  readonly who: string;
  /** `runs`, or `holds` where it is mounted as a volume. */
  readonly uses: string;
  /** Its reference as written; undefined where there is none. */
  readonly image: string | undefined;
}

/** Images of a pod's containers, and those that it mounts: https://kubernetes.io/docs/concepts/storage/volumes/#image */
export function imagesOf(pod: PodSpec): UsedImage[] {
  const run = containersOf(pod).map(({ path, name, container }) => ({
    path: `${path}.image`,
    who: `container ${name}`,
    uses: "runs",
    image: text(container.image),
  }));
  const mounted = list(pod.spec.volumes).flatMap((item, index) => {
    const { name, image } = fields(item);
    if (image === undefined || image === null) return [];
    const path = `${pod.path}.volumes[${index}].image.reference`;
    return [
      { path, who: `volume ${text(name) ?? index}`, uses: "holds", image: text(fields(image).reference) },
    ];
  });
  return [...run, ...mounted];
}

/** A reference as a message may quote it: some put the login of a registry into it. */
export function withoutLogin(image: string): string {
  const [scheme = ""] = /^[a-z]{1,9}:\/\//i.exec(image) ?? [];
  const rest = image.slice(scheme.length);
  const host = (rest.split("/")[0] ?? "").replace(/@(?:sha\d+|md5):.*$/s, "");
  return scheme + rest.slice(host.lastIndexOf("@") + 1);
}

/** The parts of an image reference: `registry.example/shop/web:1.4@sha256:...`. */
interface ImageName {
  /** Last part of the path, such as `web`. */
  readonly name: string;
  readonly tag: string | undefined;
}

export function imageName(image: string): ImageName {
  const withoutDigest = image.split("@")[0] ?? "";
  const last = withoutDigest.split("/").at(-1) ?? "";
  const [name = "", tag] = last.split(":");
  return { name, tag };
}
