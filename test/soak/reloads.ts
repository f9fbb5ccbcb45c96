/**
 * Configurations, good and bad, files and folders, that the exporter is told to
 * load in turn.
 *
 * @module
 */

import { eventually, type Exporter, fail } from "../support/program.ts";
import { pause, type Sightings } from "./clients.ts";

/** A configuration among others. */
export interface Variant {
  readonly name: string;
  /** Text of a file, or texts by the names of a folder's files; or nothing. */
  readonly content: string | Readonly<Record<string, string>> | undefined;
  readonly isGood: boolean;
}

const SUCCESSFUL = "port_exporter_config_last_reload_successful";

/**
 * Puts one configuration after the other in the place of the exporter's, as a
 * symbolic link that is replaced, and tells it by signal or by request.
 *
 * @returns How often it was told
 */
export async function reloadOnAndOn(
  variants: readonly Variant[],
  { exporter, sightings, signal, everyMilliseconds }: {
    readonly exporter: Exporter;
    readonly sightings: Sightings;
    readonly signal: AbortSignal;
    readonly everyMilliseconds: number;
  },
): Promise<number> {
  const folder = exporter.configFile.replace(/[^/]*$/, "variants");
  await Deno.mkdir(folder);
  for (const variant of variants) await writeVariant(folder, variant);
  let turn = 0;
  for (; !signal.aborted; turn++) {
    const { name, isGood } = variants[turn % variants.length] ??
      fail("no configuration");
    await Deno.symlink(`${folder}/${name}`, `${folder}/next`);
    await Deno.rename(`${folder}/next`, exporter.configFile);
    try {
      if (turn % 3 === 0) Deno.kill(exporter.pid, "SIGHUP");
      else await post(exporter.url, isGood ? 200 : 500);
      await eventually(async () => {
        const value = (await exporter.scrape()).value(SUCCESSFUL);
        if (value !== Number(isGood)) fail(`${SUCCESSFUL} is ${value}`);
      });
    } catch (error) {
      sightings.wrong.push(`reload of ${name}: ${error}`);
    }
    await pause(everyMilliseconds, signal);
  }
  return turn;
}

async function post(url: string, wanted: number): Promise<void> {
  const response = await fetch(`${url}/-/reload`, { method: "POST" });
  const text = await response.text();
  if (response.status !== wanted) fail(`${response.status} ${text}`);
}

async function writeVariant(
  folder: string,
  { name, content }: Variant,
): Promise<void> {
  if (content === undefined) return;
  if (typeof content === "string") {
    await Deno.writeTextFile(`${folder}/${name}`, content);
    return;
  }
  await Deno.mkdir(`${folder}/${name}`);
  for (const [file, text] of Object.entries(content)) {
    await Deno.writeTextFile(`${folder}/${name}/${file}`, text);
  }
}
