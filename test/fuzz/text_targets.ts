/**
 * The parsers of single values and of arguments, the exposition, and what they
 * promise.
 *
 * @module
 */

import { CommandError, exitCodes } from "../../src/cli/errors.ts";
import { parseCommand } from "../../src/cli/args.ts";
import { parseDuration } from "../../src/config/duration.ts";
import {
  parseAddressExpectation,
  parsePortRange,
  parseUnit,
} from "../../src/config/scalars.ts";
import { parseScrapeTargets } from "../../src/generate/scrape_config.ts";
import { createLogger } from "../../src/log.ts";
import {
  createSampleCollector,
  renderExposition,
} from "../../src/metrics/exposition.ts";
import { parseListenAddress } from "../../src/web/listen_address.ts";
import { parseExposition } from "../support/exposition.ts";
import {
  assertSame,
  type FuzzTarget,
  promise,
  valueOrRefusal,
} from "./fuzz_target.ts";

/** The parsers of scalars tell with a blank that a raw value goes before it. */
function valueOrNothing<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function runScalars(text: string): void {
  const range = valueOrNothing(() => parsePortRange(text));
  if (range !== undefined) {
    const { first, last } = range;
    promise(1 <= first && first <= last && last <= 65535, `${first}-${last}`);
  }
  const address = valueOrNothing(() => parseAddressExpectation(text));
  if (address !== undefined && "text" in address) {
    // What is printed is read as the same.
    assertSame(
      parseAddressExpectation(address.text),
      address,
      "an address read again",
    );
  }
  const unit = parseUnit(text);
  if (unit !== undefined) {
    assertSame(parseUnit(unit), unit, "a unit read again");
  }
  const seconds = valueOrNothing(() => parseDuration(text))?.seconds;
  promise(seconds === undefined || seconds >= 0 && seconds < 1e12, "too long");
}

function runArguments(text: string): void {
  try {
    parseCommand(text.split("\n"));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    assertSame(error.exitCode, exitCodes.usage, "the exit code");
  }
}

function runListenAddress(text: string): void {
  const address = valueOrRefusal(() => parseListenAddress(text));
  if (address === undefined) return;
  const { hostname, port } = address;
  promise(port >= 0 && port <= 65535, `a port is ${port}`);
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  assertSame(parseListenAddress(`${host}:${port}`), address, "read again");
}

async function runExposition(text: string): Promise<void> {
  const { add, samples } = createSampleCollector();
  const labels = { protocol: "udp", port: "1", name: text, site: `${text}"` };
  add("port_up", labels, 1);
  add("port_sockets", labels, 2);
  const series = parseExposition(await renderExposition(samples));
  for (const name of ["port_up", "port_sockets"]) {
    assertSame(series.labels(name), [labels], "labels read back");
  }
}

function runLog(text: string): void {
  for (const format of ["logfmt", "json"] as const) {
    const lines: string[] = [];
    const log = createLogger({
      level: "info",
      format,
      write: (line) => void lines.push(line),
      now: () => new Date(0),
    });
    log.info(text, { value: text });
    assertSame(lines.join("").match(/[\r\n]/g), ["\n"], "ends of lines");
  }
}

/** The parsers of single values. */
export const textTargets: readonly FuzzTarget[] = [
  {
    name: "scalars",
    seeds: () => [
      ...["514", "7878-7880", "10.0.0.5", "2001:db8::/32", "::ffff:10.0.0.5"],
      ...["filebeat@asa.service", "1h30m", "1y2w3d4h5m6s7ms", "external"],
    ],
    run: runScalars,
  },
  {
    name: "args",
    seeds: () => [
      "serve\n--config.file=a.yml\n--web.listen-address=[::1]:9117\n" +
      "--scan.interval=500ms\n--log.level\ndebug",
      "discover\n--format=yaml\n--filebeat\na.yml\nmodules.d\n--\n-x",
      "rules\n--config.file\na.yml\n--config.file\nb.yml\n--tests",
      "scrape-config\n--config.file=a\n--targets=a,b:1,[::1]:2\n--help",
      "help\nvalidate",
    ],
    run: runArguments,
  },
  {
    name: "listen_address",
    seeds: () => [":9117", "host-1.example:80", "[::ffff:10.0.0.5]:9117"],
    run: runListenAddress,
  },
  {
    name: "scrape_targets",
    seeds: () => ["a.example", "10.0.0.5:9117", "[2001:db8::5]:1", "::1"],
    run: (input) => void valueOrRefusal(() => parseScrapeTargets([input])),
  },
  {
    name: "exposition",
    seeds: () => ["cisco-asa", 'a"b\\n{x="y"} 1\n# HELP a b'],
    run: runExposition,
  },
  { name: "log", seeds: () => ["listening", 'a=b "c"\nts='], run: runLog },
];
