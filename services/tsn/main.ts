/** Program of the TSN verifier. */
import { startVerifier } from "../verifier/main.ts";
import { tsn } from "./standard.ts";

await startVerifier(tsn);
