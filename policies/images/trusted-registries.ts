import { z } from "zod";
import { imagesOf, withoutLogin } from "../objects/images.ts";
import { podSpecOf } from "../objects/pods.ts";
import { objectRule } from "../rule.ts";

/** Images come from where the team trusts them to; any place, until it says which. */
export const trustedRegistries = objectRule({
  name: "trusted-registries",
  severity: "mandatory",
  description: "Images come from registries that the team trusts, once `registries` says which.",
  why: "Anybody may publish an image under a name that resembles another.",
  reference: "https://kubernetes.io/docs/concepts/security/cloud-native-security/",
  options: z.object({
    registries: z
      .array(z.string().min(1, "must be the beginning of image references, such as registry.example"))
      .min(1, "must name a registry; without the option, images come from anywhere")
      .optional()
      .meta({
        description:
          "Beginnings of image references up to a slash, such as registry.example or docker.io/library; without this option, images come from anywhere.",
      }),
  }),
  check(object, { registries }) {
    const pod = podSpecOf(object);
    if (!pod || !registries) return [];
    return imagesOf(pod).flatMap(({ path, who, uses, image }) => {
      if (image === undefined) return [];
      const complete = completeReference(withoutLogin(image));
      if (registries.some((registry) => complete.startsWith(`${registry.replace(/\/+$/, "")}/`))) return [];
      return [
        {
          path,
          problem: `${who} ${uses} ${withoutLogin(image)}, which is of none of ${registries.join(", ")}`,
          fix: "Copy the image to one of these registries, and name it there",
        },
      ];
    });
  },
});

/** With the registry that a short name means: https://github.com/distribution/reference */
function completeReference(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
