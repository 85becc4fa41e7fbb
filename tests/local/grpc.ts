import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** Properties as JavaScript values. */
export type Values = Record<string, unknown>;

/** Makes one call and awaits its answer; rejects with the call's error. */
export function call<Response>(
  start: (done: (error: Error | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) =>
    start((error, response) => (error ? reject(error) : resolve(response))),
  );
}

export function message(given: Values): struct.Struct {
  return struct.Struct.fromJavaScript(given as Record<string, struct.JavaScriptValue>);
}

export function values(given: struct.Struct | undefined): Values {
  return (given?.toJavaScript() ?? {}) as Values;
}
