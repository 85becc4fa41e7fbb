import { createLogger, type Logger } from "../../../services/runtime/logs.ts";

/** A log that keeps its lines. */
export function recordingLog(level: "debug" | "info" = "info"): {
  log: Logger;
  lines: Record<string, unknown>[];
} {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { log: createLogger({ service: "test", level, format: "json", destination }), lines };
}

/** What a log line says, without when and where. */
export function essence({ time: _time, service: _service, ...line }: Record<string, unknown> = {}) {
  return line;
}
