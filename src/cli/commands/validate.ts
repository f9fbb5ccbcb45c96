/**
 * `validate`: checks a configuration file and a web configuration.
 *
 * @module
 */

import { findRisks } from "../../config/risks.ts";
import {
  defaultLocalPortRange,
  readLocalPortRange,
} from "../../procfs/ip_local_port_range.ts";
import { createProcfsReader } from "../../procfs/reader.ts";
import { findWebRisks } from "../../web_config/risks.ts";
import type { Command } from "../args.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { loadWebConfigOrFail } from "../load_web_config.ts";
import { loadConfigOrFail } from "../open_host.ts";

/**
 * Checks the configuration and the web configuration, whichever are given.
 *
 * @returns What is to be said of them: risks, then size
 * @throws {CommandError} with every mistake and exit code 2
 */
export function runValidate(
  { configFile, webConfigFile, procfs }: Command & {
    readonly name: "validate";
  },
): string {
  const errors: string[] = [];
  const lines = [
    ...(configFile === undefined
      ? []
      : collect(() => validateConfig(configFile, procfs))),
    ...(webConfigFile === undefined
      ? []
      : collect(() => validateWebConfig(webConfigFile))),
  ];
  if (errors.length > 0) throw new CommandError(errors, exitCodes.usage);
  return lines.map((line) => `${line}\n`).join("");

  /** The mistakes of one file do not hide those of the other. */
  function collect(validate: () => readonly string[]): readonly string[] {
    try {
      return validate();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push(...error.lines);
      return [];
    }
  }
}

function validateConfig(path: string, procfs: string): readonly string[] {
  const { config, fileCount } = loadConfigOrFail(path);
  const ephemeralPorts = Deno.build.os === "linux"
    ? readLocalPortRange(createProcfsReader(procfs))
    : defaultLocalPortRange;
  return [
    ...describeRisks(path, findRisks(config, ephemeralPorts)),
    `${path}: ${count(config.targets.length, "target")}${
      fileCount === undefined ? "" : ` in ${count(fileCount, "file")}`
    }, no mistakes`,
  ];
}

function validateWebConfig(path: string): readonly string[] {
  const webConfig = loadWebConfigOrFail(path);
  return [
    ...describeRisks(path, findWebRisks(webConfig, Date.now())),
    `${path}: ${webConfig.tls === undefined ? "plain HTTP" : "TLS"}, ${
      count(webConfig.users.size, "user")
    }, no mistakes`,
  ];
}

function describeRisks(
  path: string,
  risks: readonly string[],
): readonly string[] {
  return risks.map((risk) => `${path}: warning: ${risk}`);
}

function count(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : `${noun}s`}`;
}
