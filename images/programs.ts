/** The platform's own images: what runs in them. */

/** One image of the platform's own. */
export interface OwnImage {
  /** For people. */
  readonly title: string;
  /** Programs in its /app: name without ending, and the source that it is bundled from. A container starts `main`. */
  readonly programs: Readonly<Record<string, string>> & { readonly main: string };
  /** Whether it answers requests, on the contract's ports; otherwise it does its work and ends. */
  readonly serves: boolean;
  /** Engines that it carries besides. @default none */
  readonly engines?: readonly "z3"[];
}

export const ownImages = {
  "api-gateway": {
    title: "The platform's public API",
    programs: { main: "services/gateway/main.ts" },
    serves: true,
  },
  "tsn-verification": {
    title: "The verifier of Time-Sensitive Networking",
    programs: { main: "services/tsn/main.ts" },
    serves: true,
    engines: ["z3"],
  },
  "database-migrations": {
    title: "Brings the platform's database to the schema of this version",
    programs: { main: "services/migrations/main.ts" },
    serves: false,
  },
  "object-storage": {
    title: "Makes buckets, stores backups and fetches them",
    programs: { main: "services/object-storage/main.ts" },
    serves: false,
  },
} as const satisfies Readonly<Record<string, OwnImage>>;

/** Name of one of the platform's own images: the last part of its reference before the tag. */
export type OwnImageName = keyof typeof ownImages;

/** Where the programs of an image are, in it. */
export const programFolder = "/app";
