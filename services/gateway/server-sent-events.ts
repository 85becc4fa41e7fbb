/** The text of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */

/** An event with JSON data, which never has a line break of its own. */
export function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A line that clients skip: it keeps the connection alive, or says something to people. */
export function commentText(comment: string): string {
  return `: ${comment}\n\n`;
}

/** How long a client waits before it connects again. */
export function retryText(milliseconds: number): string {
  return `retry: ${milliseconds}\n\n`;
}
