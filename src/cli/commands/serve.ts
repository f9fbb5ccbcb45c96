/**
 * `serve`: the exporter.
 *
 * @module
 */

import type { Logger } from "../../log.ts";
import { buildInfo } from "../../version.ts";
import { createExporter } from "../../web/exporter.ts";
import { describeFailure } from "../../web/failure.ts";
import { createHandler } from "../../web/handler.ts";
import type { ListenAddress } from "../../web/listen_address.ts";
import {
  type Server,
  type ServerOptions,
  startServer,
} from "../../web/server.ts";
import { openWebAccess, type WebAccess } from "../../web/web_access.ts";
import type { Command } from "../args.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { openHost } from "../open_host.ts";
import { createReload } from "../reload.ts";

/**
 * Serves until SIGTERM or SIGINT, then answers what is running.
 *
 * @throws {CommandError} when it cannot start
 */
export async function runServe(
  command: Command & { readonly name: "serve" },
): Promise<void> {
  const stop = listenForStop();
  // Its default would end the exporter; until there is one, the file is read
  // for the first time anyway.
  let onHangup = () => {};
  Deno.addSignalListener("SIGHUP", () => onHangup());
  const host = openHost(command);
  const { config, log, reader } = host;
  const webAccess = command.webConfigFile === undefined
    ? undefined
    : openWebAccessOrFail(command.webConfigFile, log);
  log.info("starting port_exporter", {
    version: buildInfo.version,
    revision: buildInfo.revision,
    targets: config.targets.length,
    config: command.configFile ?? "none, listeners mode",
  });
  const exporter = createExporter({
    config,
    reader,
    log,
    scanIntervalSeconds: command.scanIntervalSeconds,
    hasConfigFile: (command.configFile ?? command.webConfigFile) !== undefined,
    exposesProcess: command.exporterMetrics,
  });
  const reload = createReload({
    ...host,
    exporter,
    webAccess,
    configFile: command.configFile,
  });
  onHangup = () => {
    try {
      reload();
    } catch (error) {
      // Nobody else would catch it, and the exporter would end.
      log.error("configuration not loaded", { error: describeFailure(error) });
    }
  };
  const handler = createHandler({
    scrape: exporter.scrape,
    report: exporter.report,
    reload,
  });
  const servers = command.listenAddresses.map((address) =>
    listen(address, {
      handler: webAccess?.protect(handler) ?? handler,
      log,
      tls: webAccess?.tls,
      isReplaceable: webAccess !== undefined,
    })
  );
  webAccess?.watch(servers, ({ ok }) => exporter.reportWebReload(ok));
  const signal = await stop;
  log.info("stopping", { signal });
  exporter.stop();
  webAccess?.stop();
  await Promise.all(servers.map((server) => server.shutdown()));
}

function openWebAccessOrFail(path: string, log: Logger): WebAccess {
  const result = openWebAccess({ path, log });
  if (!result.ok) throw new CommandError(result.errors, exitCodes.usage);
  return result.webAccess;
}

function listen(address: ListenAddress, options: ServerOptions): Server {
  const wanted = formatAddress(address);
  try {
    const server = startServer(address, options);
    options.log.info("listening", {
      address: formatAddress(server.address),
      tls: options.tls !== undefined,
    });
    return server;
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is taken by another program, want a free one"
      : error instanceof Deno.errors.AddrNotAvailable
      ? "no interface has this address, want an address of this host"
      : error instanceof Deno.errors.PermissionDenied
      ? "permission denied, want a port above 1023 or CAP_NET_BIND_SERVICE"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new CommandError(
      [`Cannot listen on ${wanted}: ${reason}`],
      exitCodes.failed,
      { cause: error },
    );
  }
}

function formatAddress({ hostname, port }: ListenAddress): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/** Takes the signals before anything else, so that none is lost. */
function listenForStop(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
  });
}
