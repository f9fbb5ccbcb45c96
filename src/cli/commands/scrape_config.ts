/**
 * `scrape-config`: the entry of `scrape_configs` for Prometheus.
 *
 * @module
 */

import {
  parseScrapeTargets,
  renderScrapeConfig,
  type ScrapeAccess,
} from "../../generate/scrape_config.ts";
import type { LoadedWebConfig } from "../../web_config/load.ts";
import type { Command } from "../args.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { loadWebConfigOrFail } from "../load_web_config.ts";
import { loadConfigOrFail } from "../open_host.ts";

/**
 * Renders the entry.
 *
 * @throws {CommandError} when the configuration or a host is wrong
 */
export function runScrapeConfig(
  { configFile, webConfigFile, format, targets }: Command & {
    readonly name: "scrape-config";
  },
): string {
  return renderScrapeConfig({
    job: loadConfigOrFail(configFile).config.alerts.job,
    targets: parseTargetsOrFail(targets),
    format,
    ...(webConfigFile !== undefined &&
      { access: buildAccess(loadWebConfigOrFail(webConfigFile)) }),
  });
}

/** How Prometheus gets in; the files are for its user to make. */
function buildAccess({ tls, users }: LoadedWebConfig): ScrapeAccess {
  const [username, ...others] = users.keys();
  return {
    ...(tls !== undefined && { scheme: "https" }),
    ...(tls?.facts.isSelfSigned && { caFile: "port_exporter.crt" }),
    ...(username !== undefined && {
      basicAuth: {
        username,
        passwordFile: "port_exporter.password",
        otherUsers: others.length,
      },
    }),
  };
}

function parseTargetsOrFail(texts: readonly string[]): readonly string[] {
  try {
    return parseScrapeTargets(texts);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(error.message.split("\n"), exitCodes.usage, {
      cause: error,
    });
  }
}
