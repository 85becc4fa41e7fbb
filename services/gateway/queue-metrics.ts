import { standards } from "../../components/contract/standards.ts";
import type { Verifications } from "../database/verifications.ts";
import type { Metrics } from "../runtime/metrics.ts";

/** Sets the metrics of what waits, for every standard. Each is one query on an index, so it is done for each scrape. */
export async function reportQueues(
  verifications: Pick<Verifications, "waiting">,
  metrics: Pick<Metrics<"gateway">, "verification_queue_depth" | "verification_queue_oldest_seconds">,
): Promise<void> {
  for (const { id: standard } of standards) {
    const { depth, oldestSeconds } = await verifications.waiting(standard);
    metrics.verification_queue_depth.set(depth, { standard });
    metrics.verification_queue_oldest_seconds.set(oldestSeconds, { standard });
  }
}
