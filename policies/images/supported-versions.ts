import { type EndedVersions, endedVersions } from "../data/ended-versions.ts";
import { imageName, imagesOf } from "../objects/images.ts";
import { podSpecOf } from "../objects/pods.ts";
import { objectRule } from "../rule.ts";

/** Stores of data run a version that is still mended. What has ended is a table, so that the verdict does not depend on the day. */
export const supportedVersions = objectRule({
  name: "supported-versions",
  severity: "advisory",
  description: "Databases and search engines run a version that their publisher still mends.",
  why: "What is found in them now is mended only in newer versions.",
  reference:
    "https://www.cisa.gov/news-events/directives/bod-22-01-reducing-significant-risk-known-exploited-vulnerabilities",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return imagesOf(pod).flatMap(({ path, who, uses, image }) => {
      const { name, tag } = imageName(image ?? "");
      const found = endedVersions.find(({ images }) => images.includes(name));
      if (!found || !hasEnded(tag, found)) return [];
      return [
        {
          path,
          problem: `${who} ${uses} ${name} ${versionOf(tag).join(".")}, which ended by ${found.ended}`,
          fix: `Move to a version that ${found.source} lists as supported`,
        },
      ];
    });
  },
});

/** The numbers that a tag begins with: `14-alpine` and `v8.0.36` have some. */
function versionOf(tag = ""): number[] {
  return /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]?.split(".").map(Number) ?? [];
}

/** A tag that says less than the table, such as `8`, may be any. */
function hasEnded(tag: string | undefined, { newest }: EndedVersions): boolean {
  const version = versionOf(tag);
  for (const [index, number] of newest.entries()) {
    const own = version[index];
    if (own === undefined || own > number) return false;
    if (own < number) return true;
  }
  return true;
}
