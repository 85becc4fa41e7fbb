/** Cursors of pages: the place after which the next page begins, as a string that callers need not read. */
import { z } from "zod";

/** Only what the database can hold: milliseconds, as in what is shown, and, unlike in ISO 8601, no year 0. */
const Cursor = z.object({
  submittedAt: z.iso.datetime({ precision: 3 }).refine((time) => !time.startsWith("0000")),
  id: z.uuid(),
});
export type Cursor = z.infer<typeof Cursor>;

/** The text is no cursor that `list` has given out. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
}

/** The cursor behind this verification. */
export function cursorOf({ submittedAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify({ submittedAt, id })).toString("base64url");
}

/** @throws InvalidCursor */
export function readCursor(text: string): Cursor {
  const place = Cursor.safeParse(jsonOrUndefined(Buffer.from(text, "base64url").toString()));
  if (place.success) return place.data;
  throw new InvalidCursor(
    `"${text.slice(0, 100)}" is no cursor; take the value of "next" of a page as it is, or leave it out for the first page.`,
  );
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
