/**
 * `validate`: checks a configuration file.
 *
 * @module
 */

import { findRisks } from "../../config/risks.ts";
import {
  defaultLocalPortRange,
  readLocalPortRange,
} from "../../procfs/ip_local_port_range.ts";
import { createProcfsReader } from "../../procfs/reader.ts";
import type { Command } from "../args.ts";
import { loadConfigOrFail } from "../open_host.ts";

/**
 * Checks the configuration.
 *
 * @returns What is to be said of it: its risks, then its size
 * @throws {CommandError} with every mistake and exit code 2
 */
export function runValidate(
  { configFile, procfs }: Command & { readonly name: "validate" },
): string {
  const config = loadConfigOrFail(configFile);
  const ephemeralPorts = Deno.build.os === "linux"
    ? readLocalPortRange(createProcfsReader(procfs))
    : defaultLocalPortRange;
  const count = config.targets.length;
  return [
    ...findRisks(config, ephemeralPorts).map((risk) =>
      `${configFile}: warning: ${risk}`
    ),
    `${configFile}: ${count} ${
      count === 1 ? "target" : "targets"
    }, no mistakes`,
    "",
  ].join("\n");
}
