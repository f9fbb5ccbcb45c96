/**
 * A child whose targets break every promise there is, to prove that a sandbox
 * notices.
 *
 * @module
 */

import type { FuzzTarget } from "./fuzz_target.ts";
import { serveTargets } from "./serve_targets.ts";

const seeds = () => [];

/** Keeps its promises but for the input `bad`. */
const throwing: FuzzTarget = {
  name: "throwing",
  seeds,
  run(input) {
    if (input === "bad") throw new TypeError("it is bad");
  },
};

const endless: FuzzTarget = {
  name: "endless",
  seeds,
  run() {
    for (;;);
  },
};

const hungry: FuzzTarget = {
  name: "hungry",
  seeds,
  run() {
    for (const eaten: number[][] = [];;) eaten.push(Array(10_000).fill(0.5));
  },
};

const reading: FuzzTarget = {
  name: "reading",
  seeds,
  run: () => void Deno.readTextFileSync("/etc/passwd"),
};

await serveTargets([throwing, endless, hungry, reading]);
