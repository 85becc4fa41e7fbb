import { z } from "zod";
import { endedVersions } from "../data/ended-versions.ts";
import { imageName, imagesOf } from "../objects/images.ts";
import { podSpecOf } from "../objects/pods.ts";
import { versionText } from "../options.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Stores of data run a version that is still mended. What has ended is a table, so that the verdict does not depend on the day. */
export const supportedVersions = objectRule({
  name: "supported-versions",
  severity: "advisory",
  description: "Databases and search engines run a version that their publisher still mends.",
  why: "What is found in them now is mended only in newer versions.",
  reference: "https://www.postgresql.org/support/versioning/",
  options: z.object({
    oldest: z
      .record(z.string(), versionText(/^\d+(\.\d+)*$/, "must be numbers between dots, such as 7.4"))
      .default({})
      .meta({
        description:
          'Oldest version that may run, by the last part of an image\'s name, such as `redis: "7.4"`; for that image it stands in place of what is known to have ended.',
      }),
  }),
  check(object, { oldest }) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return imagesOf(pod).flatMap(({ path, who, uses, image }) => {
      const { name, tag } = imageName(image ?? "");
      const version = versionOf(tag);
      const wrong = Object.hasOwn(oldest, name)
        ? ifOlder(version, oldest[name] ?? "")
        : ifEnded(version, name);
      if (!wrong) return [];
      const problem = `${who} ${uses} ${name} ${version.join(".")}, ${wrong.problem}`;
      return [{ path, problem, fix: wrong.fix }];
    });
  },
});

type Wrong = Pick<Violation, "problem" | "fix">;

function ifOlder(version: readonly number[], oldest: string): Wrong | undefined {
  if (compare(version, versionOf(oldest)) !== "less") return undefined;
  return { problem: `older than ${oldest}`, fix: `Move to ${oldest} or newer` };
}

function ifEnded(version: readonly number[], name: string): Wrong | undefined {
  const known = endedVersions.find(({ images }) => images.includes(name));
  if (!known || !["less", "same"].includes(compare(version, known.newest) ?? "")) return undefined;
  return {
    problem: `which ended by ${known.ended}`,
    fix: `Move to a version that ${known.source} lists as supported`,
  };
}

/** The numbers that a tag begins with: `14-alpine` and `v8.0.36` have some. */
function versionOf(tag = ""): number[] {
  return /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]?.split(".").map(Number) ?? [];
}

/** How a version relates to another, as far as that goes: 8.0.36 is the same as 8.0; undefined for 8, which may be any. */
function compare(version: readonly number[], other: readonly number[]): "less" | "same" | "more" | undefined {
  for (const [index, number] of other.entries()) {
    const own = version[index];
    if (own === undefined) return undefined;
    if (own !== number) return own < number ? "less" : "more";
  }
  return "same";
}
