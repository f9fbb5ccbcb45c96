/**
 * Runs a real Prometheus on loopback and asks it.
 *
 * @module
 */

import { eventually, fail } from "./program.ts";
import { findFreePort, startProcess } from "./sockets.ts";

/** A series and its values. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  /** All values of a range, or the one of now. */
  readonly values: readonly number[];
}

/** A running Prometheus. */
export interface Prometheus extends AsyncDisposable {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** Asks for the values of now. */
  query(expression: string): Promise<readonly Result[]>;
  /** Asks for the values of the last seconds, a point each second. */
  queryRange(expression: string, seconds: number): Promise<readonly Result[]>;
  /** Values of a label of the series that a selector matches. */
  labelValues(selector: string, label: string): Promise<readonly string[]>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: unknown;
}

interface RawResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Starts Prometheus with a configuration; its data is gone with the value. */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const directory = await Deno.makeTempDir({ prefix: "prometheus-" });
  const configFile = `${directory}/prometheus.yml`;
  await Deno.writeTextFile(configFile, config);
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const process = startProcess([
    "prometheus",
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${directory}/data`,
    `--web.listen-address=${new URL(url).host}`,
  ]);
  const dispose = async () => {
    await process.stop();
    await Deno.remove(directory, { recursive: true });
  };

  async function ask(
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    const response = await fetch(
      `${url}/api/v1/${path}?${new URLSearchParams(parameters)}`,
    );
    const answer: Answer = await response.json();
    if (answer.status !== "success") {
      fail(`${answer.error}: ${JSON.stringify(parameters)}`);
    }
    return answer.data;
  }

  async function askForResults(
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<readonly Result[]> {
    const data = await ask(path, parameters) as {
      readonly result: readonly RawResult[];
    };
    return data.result.map(({ metric, value, values }) => ({
      metric,
      values: (values ?? (value === undefined ? [] : [value])).map(
        ([, text]) => Number(text),
      ),
    }));
  }

  try {
    await eventually(async () => {
      const response = await fetch(`${url}/-/ready`);
      const text = await response.text();
      if (response.status !== 200) fail(`Prometheus is not ready: ${text}`);
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    query: (query) => askForResults("query", { query }),
    queryRange(query, seconds) {
      const end = Date.now() / 1000;
      return askForResults("query_range", {
        query,
        start: String(end - seconds),
        end: String(end),
        step: "1",
      });
    },
    async labelValues(selector, label) {
      const data = await ask(`label/${label}/values`, { "match[]": selector });
      return data as readonly string[];
    },
    [Symbol.asyncDispose]: dispose,
  };
}
