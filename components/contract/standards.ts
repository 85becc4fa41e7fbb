/** One IoT standard that the platform verifies. */
export interface Standard {
  /** Short name in addresses, labels, outputs and configuration: a DNS label. */
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  /** The documents that define it. */
  readonly specification: string;
}

/**
 * The standards of the platform. An entry here is all that a further standard needs: its workload, address,
 * configuration key, output and image name follow from it.
 */
export const standards = [
  {
    id: "tsn",
    title: "Time-Sensitive Networking",
    specification: "IEEE 802.1Q-2022, clause 8.6.8 (802.1Qbv)",
  },
  { id: "opcua", title: "OPC UA", specification: "IEC 62541" },
  { id: "onem2m", title: "oneM2M", specification: "ETSI TS 118 101 (oneM2M TS-0001)" },
  { id: "wot", title: "Web of Things", specification: "W3C WoT Thing Description 1.1" },
  { id: "matter", title: "Matter", specification: "CSA Matter Core Specification 1.4" },
] as const satisfies readonly Standard[];

/** The id of one of the platform's standards. */
export type StandardId = (typeof standards)[number]["id"];
