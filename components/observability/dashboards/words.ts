import type { WordsSpec } from "./spec.ts";

/** Of `up` and its kind. */
export const upWords: WordsSpec = {
  0: { text: "down", colour: "red" },
  1: { text: "up", colour: "green" },
};

/** Of a condition that should hold. */
export const yesWords: WordsSpec = {
  0: { text: "no", colour: "red" },
  1: { text: "yes", colour: "green" },
};
