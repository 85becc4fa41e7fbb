/** Versions of servers that their publishers mend no more. */
export interface EndedVersions {
  /** Last parts of the names of their images. */
  readonly images: readonly string[];
  /** Newest version that has ended, as numbers. */
  readonly newest: readonly number[];
  /** Day on which that one ended, as `YYYY-MM-DD`. */
  readonly ended: string;
  /** Where the publisher says so. */
  readonly source: string;
}

export const endedVersions: readonly EndedVersions[] = [
  {
    images: ["postgres", "postgresql"],
    newest: [14],
    ended: "2026-11-12",
    source: "https://www.postgresql.org/support/versioning/",
  },
  {
    images: ["mysql", "mysql-server"],
    newest: [8, 0],
    ended: "2026-04-30",
    source: "https://www.oracle.com/us/support/library/lifetime-support-technology-069183.pdf",
  },
  {
    images: ["mongo", "mongodb", "mongodb-community-server"],
    newest: [6, 0],
    ended: "2025-07-31",
    source: "https://www.mongodb.com/legal/support-policy/lifecycles",
  },
  {
    images: ["elasticsearch", "kibana", "logstash", "filebeat", "metricbeat"],
    newest: [7],
    ended: "2026-01-15",
    source: "https://www.elastic.co/support/eol",
  },
];
