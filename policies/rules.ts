import { pinnedImages } from "./images/pinned-images.ts";
import { restrictedPods } from "./pods/restricted-pods.ts";
import type { Rule } from "./rule.ts";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [restrictedPods, pinnedImages];
