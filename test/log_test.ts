import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  createLogger,
  type LogFields,
  type LogFormat,
  type LogLevel,
  logLevels,
} from "../src/log.ts";

const now = () => new Date("2024-02-29T12:34:56.789Z");

function collect(
  { level = "debug", format = "logfmt" }: {
    readonly level?: LogLevel;
    readonly format?: LogFormat;
  } = {},
) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return { lines, log: createLogger({ level, format, write, now }) };
}

for (const [index, level] of logLevels.entries()) {
  Deno.test(`createLogger() at ${level} leaves out what is below`, () => {
    const { lines, log } = collect({ level });
    for (const lineLevel of logLevels) log[lineLevel]("x");
    assertEquals(
      lines,
      ["debug", "info", "warn", "error"].slice(index).map((lineLevel) =>
        `ts=2024-02-29T12:34:56.789Z level=${lineLevel} msg=x\n`
      ),
    );
  });
}

const values:
  readonly (readonly [string, string | number | boolean, string])[] = [
    ["a word", "filebeat", "filebeat"],
    ["a path", "/etc/port_exporter/ports.yml", "/etc/port_exporter/ports.yml"],
    ["an address", "[::1]:9117", '"[::1]:9117"'],
    ["a number", 42, "42"],
    ["a fraction", 0.25, "0.25"],
    ["a boolean", false, "false"],
    ["an empty text", "", '""'],
    ["a blank", "two words", '"two words"'],
    ["a quote", 'say "hi"', '"say \\"hi\\""'],
    ["a backslash", "C:\\logs", '"C:\\\\logs"'],
    ["an equals sign", "a=b", '"a=b"'],
    ["a line break", "a\nlevel=error", '"a\\nlevel=error"'],
    ["an escape sequence", "\u001b[31m", '"\\u001b[31m"'],
    ["an umlaut", "Zürich", '"Zürich"'],
  ];

for (const [what, value, written] of values) {
  Deno.test(`createLogger() writes ${what} as logfmt`, () => {
    const { lines, log } = collect();
    log.info("x", { value });
    assertEquals(lines, [
      `ts=2024-02-29T12:34:56.789Z level=info msg=x value=${written}\n`,
    ]);
  });
}

Deno.test("createLogger() writes JSON", () => {
  const { lines, log } = collect({ format: "json" });
  log.warn('say "hi"\n', { port: 514, ok: true, path: "/proc" });
  assertEquals(lines, [
    '{"ts":"2024-02-29T12:34:56.789Z","level":"warn","msg":"say \\"hi\\"\\n",' +
    '"port":514,"ok":true,"path":"/proc"}\n',
  ]);
});

for (const format of ["logfmt", "json"] as const) {
  Deno.test(`createLogger() writes any text on one line of ${format}`, () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (message, value) => {
          const { lines, log } = collect({ format });
          const fields: LogFields = { value };
          log.error(message, fields);
          assertEquals(lines.length, 1);
          assertEquals(lines[0]?.search(/[\r\n]/), (lines[0]?.length ?? 0) - 1);
        },
      ),
    );
  });
}
