/**
 * `completion`: the script by which a shell completes the command line.
 *
 * @module
 */

import { renderCompletion } from "../../generate/completion.ts";
import type { Command } from "../args.ts";
import { commandLine } from "../command_line.ts";

/** Renders the script. */
export function runCompletion(
  { shell }: Command & { readonly name: "completion" },
): string {
  return renderCompletion(commandLine, shell);
}
