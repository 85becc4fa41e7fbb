import { containersOf, podSpecOf } from "../pod-specs.ts";
import type { Rule } from "../rule.ts";
import { text } from "../values.ts";

/** An image that can change under a running release is refused. */
export const pinnedImages: Rule = {
  name: "pinned-images",
  description:
    "Images are pinned by digest, or by a tag that names a version, so that the same configuration runs the same program " +
    "(https://kubernetes.io/docs/concepts/containers/images/#image-names).",
  enforcementLevel: "mandatory",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container }) => {
      const image = text(container.image);
      const problem = image === undefined ? "has no image" : problemOf(image);
      if (!problem) return [];
      const message =
        `container ${name} ${problem}; another program could run tomorrow without any change here. ` +
        "Write a tag that names a version, such as :1.4.2, or better a digest (@sha256:...).";
      return [{ path: `${path}.image`, message }];
    });
  },
};

function problemOf(image: string): string | undefined {
  if (/@sha256:[a-f0-9]{64}$/.test(image)) return undefined;
  if (image.includes("@")) return `runs ${image}, whose digest is not one of SHA-256`;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  if (tag === undefined) return `runs ${image} without a tag, which means :latest`;
  return /\d/.test(tag) ? undefined : `runs ${image}, whose tag names no version`;
}
