/** What a schedule is sought of: frames at hops, the times that are unknown, and whom they may meet. */
import type { Hop } from "../plan.ts";
import type { Term } from "../smt.ts";

/**
 * Whom a frame may meet in a queue. "in-order": frames that leave it before in their windows; this is the least that
 * windows of one frame need while every stream sends every frame. "isolated": no frame of its queue whose window is not
 * over; then each keeps its window even where others send nothing, as in the first hyperperiod.
 */
export type Queueing = "in-order" | "isolated";

/** One frame of the hyperperiod at one hop. It starts at the value of `variable` plus `shiftNs`. */
export interface Slot {
  readonly hop: Hop;
  readonly instance: number;
  readonly variable: Term;
  readonly shiftNs: number;
  /** How long the window lasts: the frame, rounded up to the device's granularity. */
  readonly windowNs: number;
}

/** An unknown time, and what bounds it. */
export interface Point {
  readonly term: Term;
  readonly earliestNs: number;
  readonly latestNs: number;
}

/** Slots of one variable: in periodic repetition those of all instances. */
export interface Group {
  readonly slot: Slot;
  /** All instances that it stands for begin this far apart; the hyperperiod when it stands for one. */
  readonly everyNs: number;
  /** Holds when the group's stream is to be scheduled. */
  readonly on: Term;
  /** Start of its window. */
  readonly start: Point;
  /** Start of the window that the frame comes from; at the talker its release. */
  readonly source: Point;
}
