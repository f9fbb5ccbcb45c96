/**
 * What stands between the network and the handler as the web configuration
 * says: TLS, passwords, headers. It takes a changed configuration while the
 * servers run.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import { type LoadedWebConfig, loadWebConfig } from "../web_config/load.ts";
import { findWebRisks } from "../web_config/risks.ts";
import { watchFiles } from "../web_config/watch_files.ts";
import type { KeyPair } from "../web_config/web_config.ts";
import { refuse } from "./authentication.ts";
import { createWorkerCompare } from "./compare_in_worker.ts";
import { answerFailure, describeFailure } from "./failure.ts";
import type { Handler } from "./handler.ts";
import { createPasswordChecks } from "./password_checks.ts";
import type { AddressedHandler, Server } from "./server.ts";

/** A configuration that was read and can be put to use, or its mistakes. */
export type PreparedWebConfig =
  | {
    readonly ok: true;
    /** Puts it to use. */
    readonly apply: () => void;
  }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Whether the configuration was read and put to use. */
export type WebReloadResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly errors: readonly string[] };

/** The web configuration at work. */
export interface WebAccess {
  /** Certificate and key for the servers; absent: plain HTTP. */
  readonly tls: KeyPair | undefined;
  /** Puts passwords and headers in front of a handler. */
  protect(handler: Handler): AddressedHandler;
  /**
   * Keeps the certificate of servers, and looks for changed files. `onReload`
   * is told the result whenever some have changed; it must not throw.
   */
  watch(
    servers: readonly Server[],
    onReload?: (result: WebReloadResult) => void,
  ): void;
  /** Reads the configuration again, to apply it together with others. */
  prepare(): PreparedWebConfig;
  /** Ends looking for changed files. */
  stop(): void;
}

/** A web configuration at work, or its mistakes. */
export type OpenWebAccessResult =
  | { readonly ok: true; readonly webAccess: WebAccess }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Loads the web configuration at `path` and gets ready to serve with it. */
export function openWebAccess(
  { path, log }: { readonly path: string; readonly log: Logger },
): OpenWebAccessResult {
  const first = loadWebConfig(path);
  if (!first.ok) return first;
  let { webConfig, paths } = first;
  let servers: readonly Server[] = [];
  let stopWatching = () => {};
  const checks = createPasswordChecks(createWorkerCompare());
  begin();

  /** Takes the configuration that is in `webConfig` now. */
  function begin(): void {
    checks.setUsers(webConfig.users);
    for (const risk of findWebRisks(webConfig, Date.now())) {
      log.warn(risk, { file: path });
    }
  }

  function prepare(): PreparedWebConfig {
    const result = loadWebConfig(path);
    // Also those of a wrong one: to mend it, one of them will be changed.
    paths = result.paths;
    return result.ok
      ? { ok: true, apply: () => apply(result.webConfig) }
      : result;
  }

  function apply(next: LoadedWebConfig): void {
    const isOtherTls = webConfig.tls?.certificate !== next.tls?.certificate ||
      webConfig.tls?.key !== next.tls?.key;
    webConfig = next;
    begin();
    if (!isOtherTls) return;
    for (const server of servers) server.setTls(next.tls);
  }

  function reload(): WebReloadResult {
    try {
      const prepared = prepare();
      if (!prepared.ok) return prepared;
      prepared.apply();
      return { ok: true };
    } catch (error) {
      // No timer would catch it, and the exporter would end.
      return { ok: false, errors: [describeFailure(error)] };
    }
  }

  const webAccess: WebAccess = {
    get tls() {
      return webConfig.tls;
    },
    protect: (handler) => async (request, address) => {
      const { users, headers } = webConfig;
      const answer = async () =>
        (users.size > 0 ? await refuse(request, { address, checks }) : null) ??
          await handler(request);
      const response = await answer().catch((error) =>
        answerFailure(error, log)
      );
      for (const [name, value] of Object.entries(headers)) {
        response.headers.set(name, value);
      }
      return response;
    },
    watch(running, onReload = () => {}) {
      servers = running;
      stopWatching = watchFiles({
        paths: () => paths,
        onChange() {
          const result = reload();
          if (result.ok) {
            log.info("web configuration loaded", { file: path });
          } else {
            for (const error of result.errors) {
              log.error("web configuration not loaded, the old one stays", {
                error,
              });
            }
          }
          onReload(result);
        },
      });
    },
    prepare,
    stop: () => stopWatching(),
  };
  return { ok: true, webAccess };
}
