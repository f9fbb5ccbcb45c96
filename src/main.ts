/**
 * The program: the only place that sees the arguments and sets the exit code.
 *
 * @module
 */

import { type Command, parseCommand } from "./cli/args.ts";
import { runCheck } from "./cli/commands/check.ts";
import { runCompletion } from "./cli/commands/completion.ts";
import { runDashboard } from "./cli/commands/dashboard.ts";
import { runDiscover } from "./cli/commands/discover.ts";
import { runMetrics } from "./cli/commands/metrics.ts";
import { runRules } from "./cli/commands/rules.ts";
import { runScrapeConfig } from "./cli/commands/scrape_config.ts";
import { runServe } from "./cli/commands/serve.ts";
import { runValidate } from "./cli/commands/validate.ts";
import { CommandError, type ExitCode, exitCodes } from "./cli/errors.ts";
import { renderHelp } from "./cli/help.ts";
import { buildJsonSchema } from "./config/schema.ts";
import { writeToStderr } from "./log.ts";
import { buildInfo } from "./version.ts";

async function run(command: Command): Promise<ExitCode> {
  switch (command.name) {
    case "serve":
      await runServe(command);
      return exitCodes.done;
    case "check": {
      const { output, exitCode } = await runCheck(command, {
        // Deno knows NO_COLOR.
        color: Deno.stdout.isTerminal() && !Deno.noColor,
      });
      print(output);
      return exitCode;
    }
    case "metrics":
      print(await runMetrics(command));
      return exitCodes.done;
    case "discover": {
      const { output, warnings, exitCode } = await runDiscover(command);
      for (const warning of warnings) {
        writeToStderr(`port_exporter: warning: ${warning}\n`);
      }
      print(output);
      return exitCode;
    }
    case "rules":
      print(runRules(command));
      return exitCodes.done;
    case "dashboard":
      print(runDashboard(command));
      return exitCodes.done;
    case "scrape-config":
      print(runScrapeConfig(command));
      return exitCodes.done;
    case "validate":
      print(runValidate(command));
      return exitCodes.done;
    case "schema":
      print(`${JSON.stringify(buildJsonSchema(), undefined, 2)}\n`);
      return exitCodes.done;
    case "version": {
      const { version, revision, deno_version, target } = buildInfo;
      print(
        `port_exporter ${version} (revision ${revision}, ` +
          `Deno ${deno_version}, ${target})\n`,
      );
      return exitCodes.done;
    }
    case "completion":
      print(runCompletion(command));
      return exitCodes.done;
    case "help":
      print(renderHelp(command.topic));
      return exitCodes.done;
    default:
      return command satisfies never;
  }
}

/**
 * Writes all of the text, and fails when that is not possible: half of an
 * exposition must not pass for a whole one. A reader that has gone away, as
 * `head` does, is no error.
 */
function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) {
      written += Deno.stdout.writeSync(bytes.subarray(written));
    }
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new CommandError(
      [
        `Cannot write the output: ${
          error instanceof Error ? error.message : String(error)
        }`,
      ],
      exitCodes.failed,
      { cause: error },
    );
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await run(parseCommand(Deno.args)));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    for (const line of error.lines) {
      writeToStderr(`port_exporter: ${line}\n`);
    }
    Deno.exit(error.exitCode);
  }
}
