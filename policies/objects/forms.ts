import { fields } from "./values.ts";

/** Forms of names in Kubernetes. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names */

const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";

/** What is asked of a text, and how to say so. */
export interface Form {
  /** What it consists of, such as `small letters and digits`: completes `its form is`. */
  readonly words: string;
  fits(given: string): boolean;
}

/** A label of a host name (RFC 1123). */
export const dnsLabel: Form = {
  words: "up to 63 small letters, digits and hyphens, with a letter or digit at both ends",
  fits: (given) => given.length <= 63 && new RegExp(`^${label}$`).test(given),
};

/** The same that begins with a letter (RFC 1035). */
export const dnsLetterLabel: Form = {
  words: "up to 63 small letters, digits and hyphens, with a letter first and no hyphen last",
  fits: (given) => given.length <= 63 && /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(given),
};

/** A host name (RFC 1123). */
export const dnsName: Form = {
  words:
    "up to 253 small letters, digits, hyphens and dots, with a letter or digit at both ends of each part",
  fits: (given) =>
    given.length <= 253 && given.split(".").every((part) => new RegExp(`^${label}$`).test(part)),
};

/** Whatever can stand between two slashes of a URL. */
export const pathSegment: Form = {
  words: "anything but `.`, `..`, slashes and percent signs",
  fits: (given) => given !== "." && given !== ".." && !/[/%]/.test(given),
};

/** A port of a container (RFC 6335). */
export const portName: Form = {
  words:
    "up to 15 small letters, digits and single hyphens, with at least one letter and no hyphen at an end",
  fits: (given) => given.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(given) && /[a-z]/.test(given),
};

const labelName = /^[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;

/** The key of a label or annotation: a name, and before it, with a slash, the domain of whoever made it up. */
export const labelKey: Form = {
  words:
    "up to 63 letters, digits, `-`, `_` and `.` with a letter or digit at both ends, after a domain and a slash if any",
  fits: (given) => {
    const parts = given.split("/");
    const name = parts.pop() ?? "";
    return name.length <= 63 && labelName.test(name) && parts.length <= 1 && parts.every(dnsName.fits);
  },
};

export const labelValue: Form = {
  words: "up to 63 letters, digits, `-`, `_` and `.` with a letter or digit at both ends, or nothing",
  fits: (given) => given === "" || (given.length <= 63 && labelName.test(given)),
};

/** A key of a ConfigMap or Secret, which becomes the name of a file. */
export const dataKey: Form = {
  words: "up to 253 letters, digits, `-`, `_` and `.`, not beginning with `..`",
  fits: (given) => given.length <= 253 && /^[-\w.]+$/.test(given) && given !== "." && !given.startsWith(".."),
};

/** Whether something is put in before the API server sees it: `${NAME}`, `{{ .Values.name }}`, `$NAME`, `<name>`. */
export function isTemplate(given: unknown): boolean {
  // YAML reads `{{ .Values.name }}` without quotes as a mapping of a mapping to nothing.
  if (typeof given !== "string") return isBracedKey(given);
  return /\$[{(\w]|\{\{|%[({[]|<[^<>]+>|@@|^\[.*\]$|^\{[^{}":]*\}$|^ENC\[/.test(given);
}

function isBracedKey(given: unknown): boolean {
  const [key, ...more] = Object.keys(fields(given));
  return key !== undefined && more.length === 0 && /^\{.*\}$/.test(key);
}
