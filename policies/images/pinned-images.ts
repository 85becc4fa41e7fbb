import { containersOf, type PodSpec, podSpecOf } from "../objects/pods.ts";
import { fields, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** An image that can change under a running release is refused. */
export const pinnedImages = objectRule({
  name: "pinned-images",
  severity: "mandatory",
  description: "Images are pinned by digest, or by a tag that names a version.",
  why: "Another program could run tomorrow without any change here.",
  reference: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return [...imagesOfContainers(pod), ...imagesOfVolumes(pod)].flatMap(({ path, who, uses, image }) => {
      const problem = image === undefined ? "has no image" : problemOf(uses, image);
      return problem === undefined ? [] : [{ path, problem: `${who} ${problem}`, fix }];
    });
  },
});

const fix = "Write a tag that names a version, such as :1.4.2, or better a digest (@sha256:...)";

interface UsedImage {
  readonly path: string;
  readonly who: string;
  readonly uses: string;
  readonly image: string | undefined;
}

function imagesOfContainers(pod: PodSpec): UsedImage[] {
  return containersOf(pod).map(({ path, name, container }) => ({
    path: `${path}.image`,
    who: `container ${name}`,
    uses: "runs",
    image: text(container.image),
  }));
}

/** A volume may be the files of an image: https://kubernetes.io/docs/concepts/storage/volumes/#image */
function imagesOfVolumes({ path, spec }: PodSpec): UsedImage[] {
  return list(spec.volumes).flatMap((item, index) => {
    const { name, image } = fields(item);
    if (image === undefined || image === null) return [];
    return [
      {
        path: `${path}.volumes[${index}].image.reference`,
        who: `volume ${text(name) ?? index}`,
        uses: "holds",
        image: text(fields(image).reference),
      },
    ];
  });
}

function problemOf(uses: string, image: string): string | undefined {
  if (/@sha256:[a-f0-9]{64}$/.test(image)) return undefined;
  if (image.includes("@")) return `${uses} ${image}, whose digest is not one of SHA-256`;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  if (tag === undefined) return `${uses} ${image} without a tag, which means :latest`;
  return /\d/.test(tag) ? undefined : `${uses} ${image}, whose tag names no version`;
}
