import { recipes } from "../../components/cluster/charts.ts";
import { operatorIds } from "../../components/contract/operators.ts";
import { operatorsArgs } from "../../config/slices/operators.ts";
import { parsedStack } from "../parsed-stack.ts";
import type { RecordedResource } from "../render/record.ts";

/** Something that a stack has others fetch. */
export interface Listed {
  readonly what: "image" | "chart" | "manifest" | "list of images";
  /** Where it is published. */
  readonly source: string;
  /** Where the stack's mirror has it. @default the stack has none */
  readonly copy?: string;
}

/** Whatever clusters fetch for a stack of the platform: the images of all containers. */
export function listedImages(resources: readonly RecordedResource[], mirror: string): Listed[] {
  const images = [...new Set(resources.flatMap(({ inputs }) => imagesIn(inputs)))].sort();
  return images.map((image) => listed("image", image, mirror));
}

/** Whatever is fetched for stack `cluster`. */
export function listedCharts(stack: string): Listed[] {
  const { sources, settings } = operatorsArgs(parsedStack(stack));
  const { mirror = "", ...published } = settings;
  const all = recipes(published);
  const installed = operatorIds.filter((id) => sources[id].from === "install").map((id) => all[id]);
  const manifests = installed.flatMap(({ manifest }) => manifest ?? []);
  const charts = installed.flatMap((recipe) => recipe.charts);
  return [
    ...manifests.map((source) => ({ what: "manifest" as const, source })),
    ...charts.map(({ chart, repository, version }) => {
      const name = chart.split("/").at(-1);
      const source = repository === undefined ? `${chart}:${version}` : `${repository} ${chart} ${version}`;
      return {
        what: "chart" as const,
        source,
        ...(mirror !== "" && { copy: `oci://${mirror}/charts/${name}:${version}` }),
      };
    }),
    ...charts.flatMap(({ images }) =>
      images.map((image) => listed("image", mirror ? `${mirror}/${image}` : image, mirror)),
    ),
    ...charts
      .filter(({ release }) => release === "longhorn")
      .map(({ version }) => ({
        what: "list of images" as const,
        source: `https://github.com/longhorn/longhorn/releases/download/v${version}/longhorn-images.txt`,
      })),
  ];
}

function listed(what: "image", used: string, mirror: string): Listed {
  if (mirror === "" || !used.startsWith(`${mirror}/`)) return { what, source: used };
  return { what, source: used.slice(mirror.length + 1), copy: used };
}

/** Values of every key `image` that is text, at any depth. */
function imagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "image" && typeof item === "string" ? [item] : imagesIn(item),
  );
}

/** One line for each: what it is, where it is published, where the mirror has it. */
export function describeListed(all: readonly Listed[]): string {
  return `${all.map(({ what, source, copy }) => [what, source, ...(copy ? [copy] : [])].join("\t")).join("\n")}\n`;
}
