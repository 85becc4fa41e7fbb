import { z } from "zod";
import { dnsName, oneOf } from "../fields.ts";

/** The mesh that the platform's pods are in. */
export const mesh = z.strictObject({
  /** In Istio's ambient mode, the nodes encrypt and authorize connections; pods have nothing beside them. */
  form: oneOf(["none", "ambient"]).default("none"),
  /** As in the mesh's own configuration. */
  trustDomain: dnsName("cluster.local").default("cluster.local"),
});
