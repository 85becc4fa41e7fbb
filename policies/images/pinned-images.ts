import { floatingWords } from "../data/floating-tags.ts";
import { imagesOf, withoutLogin } from "../objects/images.ts";
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
      const problem = image === undefined || image.trim() === "" ? "has no image" : problemOf(uses, image);
      return problem === undefined ? [] : [{ path, problem: `${who} ${problem}`, fix }];
    });
  },
});

const fix = "Write a tag that names a version, such as :1.4.2, or better a digest (@sha256:...)";

function problemOf(uses: string, image: string): string | undefined {
  if (/@(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/.test(image)) return undefined;
  const shown = `${uses} ${withoutLogin(image)}`;
  // What is a template as a whole may be anything, also an image with its digest.
  if (/^(?:\$\{?\w+\}?|\$\(\w+\)|\{\{[^{}]*\}\}|\{\w+\})$/.test(image)) return undefined;
  if (image.includes("@")) return `${shown}, whose digest is not one of SHA-256 or SHA-512`;
  if (/[${}<>]/.test(image.slice(image.lastIndexOf("/") + 1)))
    return `${shown}, in which a template is not filled in`;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  if (tag === undefined) return `${shown} without a tag, which means :latest`;
  return namesVersion(tag) ? undefined : `${shown}, whose tag names no version`;
}

/**
 * Whether a tag names one release: a date, a commit or three numbers do anywhere, and another number does unless a word before
 * it says that the tag moves, such as `stable-alpine3.20`, whose number is another program's.
 */
function namesVersion(tag: string): boolean {
  if (/(?:^|\D)(?:\d{8}|\d{4}-\d{2}-\d{2})(?:\D|$)/.test(tag)) return true;
  if (/(?:^|[-_v])\d+\.\d+\.\d+/.test(tag)) return true;
  if (tag.split(/[._-]/).some((part) => /^(?:sha|g)?[0-9a-f]{7,40}$/.test(part))) return true;
  const before = /^\D*(?=\d)/.exec(tag)?.[0];
  if (before === undefined) return false;
  return !before
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => floatingWords.has(word));
}
