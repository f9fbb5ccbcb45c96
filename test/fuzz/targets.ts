/**
 * The table of all that is fuzzed. Another parser: another row in one of the
 * files that it is put together from.
 *
 * @module
 */

import { configTargets } from "./config_targets.ts";
import type { FuzzTarget } from "./fuzz_target.ts";
import { kernelTargets } from "./kernel_targets.ts";
import { textTargets } from "./text_targets.ts";

/** All targets. */
export const targets: readonly FuzzTarget[] = [
  ...kernelTargets,
  ...configTargets,
  ...textTargets,
];
