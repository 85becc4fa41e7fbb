import { imagesOf } from "../objects/images.ts";
import { podSpecOf } from "../objects/pods.ts";
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
    return imagesOf(pod).flatMap(({ path, who, uses, image }) => {
      const problem = image === undefined ? "has no image" : problemOf(uses, image);
      return problem === undefined ? [] : [{ path, problem: `${who} ${problem}`, fix }];
    });
  },
});

const fix = "Write a tag that names a version, such as :1.4.2, or better a digest (@sha256:...)";

function problemOf(uses: string, image: string): string | undefined {
  if (/@sha256:[a-f0-9]{64}$/.test(image)) return undefined;
  if (image.includes("@")) return `${uses} ${image}, whose digest is not one of SHA-256`;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  if (tag === undefined) return `${uses} ${image} without a tag, which means :latest`;
  return /\d/.test(tag) ? undefined : `${uses} ${image}, whose tag names no version`;
}
