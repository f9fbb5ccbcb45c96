/**
 * What this build is called.
 *
 * @module
 */

import manifest from "../deno.json" with { type: "json" };

/** `make build` puts the git revision in place of this text. */
const REVISION = "@REVISION@";

/** What this build is called, named as the labels of `…_build_info`. */
export type BuildInfo = Readonly<{
  /** Version of the program. */
  readonly version: string;
  /** Git revision that it was built from. */
  readonly revision: string;
  /** Version of Deno. */
  readonly deno_version: string;
  /** Target triple. */
  readonly target: string;
}>;

/** What this build is called. */
export const buildInfo: BuildInfo = {
  version: manifest.version,
  revision: REVISION.startsWith("@") ? "unknown" : REVISION,
  deno_version: Deno.version.deno,
  target: Deno.build.target,
};
