/**
 * The command line of this program as the generators take it.
 *
 * @module
 */

import type { CommandLine } from "../generate/command_line.ts";
import { exitCodeMeanings } from "./errors.ts";
import {
  type CommandName,
  commands,
  defaultCommand,
  optionsOf,
} from "./options.ts";

/** The command line of this program. */
export const commandLine: CommandLine = {
  commands,
  defaultCommand,
  optionsOf: (command) => optionsOf(command as CommandName),
  exitCodeMeanings,
};
