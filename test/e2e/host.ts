/**
 * What the checks ask the booted system, with its own programs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { parseExposition, type Series } from "../support/exposition.ts";
import { eventually } from "../support/program.ts";
import type { Container } from "./container.ts";

/** The unit under test. */
export const UNIT = "port_exporter.service";

/** A booted system with the exporter in it. */
export interface Host extends Pick<Container, "run" | "read"> {
  /** Writes a file. */
  write(path: string, text: string): Promise<void>;
  /** A property that systemd has of the exporter's unit. */
  show(property: string): Promise<string>;
  /** The fields of a file of the exporter's process: `status`, `io`. */
  readProcess(file: string): Promise<Readonly<Record<string, string>>>;
  /** Scrapes the exporter; waits until it answers. */
  scrape(): Promise<Series>;
  /** Waits until exactly these targets are there, each with this `port_up`. */
  waitForUp(upByName: Readonly<Record<string, number>>): Promise<Series>;
  /** What the program, not systemd, wrote to the journal, oldest first. */
  readJournal(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** A system that runs in `container` on the files below `root`. */
export function createHost(container: Container, root: string): Host {
  const { run, read } = container;
  const show = (property: string) =>
    read("systemctl", "show", "--value", `--property=${property}`, UNIT);
  const scrape = () =>
    eventually(async () =>
      parseExposition(
        await read(
          ...["curl", "--silent", "--show-error", "--fail", "--max-time", "5"],
          "http://127.0.0.1:9117/metrics",
        ),
      )
    );
  return {
    run,
    read,
    write: (path, text) => Deno.writeTextFile(`${root}${path}`, text),
    show,
    async readProcess(file) {
      const text = await read("cat", `/proc/${await show("MainPID")}/${file}`);
      return Object.fromEntries(
        text.split("\n").map((line) => line.split(/:\s*/, 2)),
      );
    },
    scrape,
    waitForUp: (upByName) =>
      eventually(async () => {
        const series = await scrape();
        const seen = series.labels("port_up").map(({ name = "" }) => [
          name,
          series.value("port_up", { name }),
        ]);
        assertEquals(Object.fromEntries(seen), upByName);
        return series;
      }),
    async readJournal() {
      const text = await read(
        ...["journalctl", `--unit=${UNIT}`, "--output=json"],
        "SYSLOG_IDENTIFIER=port_exporter",
      );
      return text.split("\n").filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    },
  };
}
