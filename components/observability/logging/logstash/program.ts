import { bytesOf, memoryQuantity } from "../../../foundation/quantity.ts";
import { heapOf } from "../../../foundation/resources.ts";

// What Logstash's container has in every form.

/**
 * Options of the Java VM: half of the memory as heap, where buffers of connections are too, hence little beside it, which by
 * default would be as much again; no dumps, which would fill the volumes.
 */
export function memoryOptions(memory: string): string {
  const heap = Math.floor(heapOf(memory) / 2 ** 20);
  const direct = Math.floor(heap / 4);
  return `-Xms${heap}m -Xmx${heap}m -XX:MaxDirectMemorySize=${direct}m -XX:-HeapDumpOnOutOfMemoryError`;
}

/** The queue, which may go beyond its size by a page, and little besides. */
export function dataSize(queueSize: string): string {
  return memoryQuantity((bytesOf(queueSize) ?? 0) + 128 * 2 ** 20);
}

/** Started: the program answers, within 5 minutes. Ready: the pipeline is there, and takes lines. Alive: it still answers. */
export function probesAt(port: string) {
  const program = { httpGet: { path: "/", port } };
  return {
    startupProbe: { ...program, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: {
      httpGet: { path: "/_node/pipelines/logs", port },
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    livenessProbe: { ...program, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
  };
}
