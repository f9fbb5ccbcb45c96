/**
 * Renders the script by which a shell completes the command line. Pure.
 *
 * @module
 */

import type { CommandLine } from "./command_line.ts";
import { renderBashCompletion } from "./completion_bash.ts";
import { renderFishCompletion } from "./completion_fish.ts";
import { renderZshCompletion } from "./completion_zsh.ts";

/** Shells that a script is made for. */
export const shells = ["bash", "zsh", "fish"] as const;

/** A shell that a script is made for. */
export type Shell = typeof shells[number];

/**
 * Renders the script for a shell.
 *
 * @returns a script that ends with a newline
 */
export function renderCompletion(
  commandLine: CommandLine,
  shell: Shell,
): string {
  switch (shell) {
    case "bash":
      return renderBashCompletion(commandLine);
    case "zsh":
      return renderZshCompletion(commandLine);
    case "fish":
      return renderFishCompletion(commandLine);
    default:
      return shell satisfies never;
  }
}
