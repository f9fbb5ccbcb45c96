/**
 * The process in which the fuzzer parses.
 *
 * @module
 */

import { serveTargets } from "./serve_targets.ts";
import { targets } from "./targets.ts";

await serveTargets(targets);
