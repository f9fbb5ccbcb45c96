import { assertEquals } from "@std/assert";
import { readProcessMetrics } from "../../src/metrics/process_metrics.ts";
import { createMemoryReader } from "../procfs/memory_reader.ts";
import { HOST_STAT, statText, statusText } from "../support/process_text.ts";

/** `/proc/self/limits`, proc_pid_limits(5). */
const LIMITS =
  `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max processes             63704                63704                processes 
Max open files            1024                 524288               files     
Max locked memory         8388608              8388608              bytes     
`;

function read(changes: Readonly<Record<string, string>> = {}) {
  const link = { link: "/dev/null" };
  return Object.fromEntries(readProcessMetrics(createMemoryReader({
    "stat": HOST_STAT,
    "self/stat": statText(),
    "self/status": statusText(),
    "self/limits": LIMITS,
    "self/fd/0": link,
    "self/fd/1": link,
    "self/fd/11": link,
    ...changes,
  })));
}

/** What the files above say. */
const METRICS = {
  // 345 ticks as user and 123 as system.
  process_cpu_seconds_total: 4.68,
  // 41234 kB and 1234567 kB, of 1024 bytes.
  process_resident_memory_bytes: 42_223_616,
  process_virtual_memory_bytes: 1_264_196_608,
  process_open_fds: 3,
  // The soft limit is what open() heeds.
  process_max_fds: 1024,
  // Boot, and 98765 ticks.
  process_start_time_seconds: 1_700_000_987.65,
};

Deno.test("readProcessMetrics() reads what the kernel tells of this process", () => {
  assertEquals(read(), METRICS);
});

Deno.test("readProcessMetrics() is not taken in by the program's name", () => {
  const comm = ") 1 2 3 (4";
  assertEquals(read({ "self/stat": statText({ comm }) }), METRICS);
});

const status = statusText();
const unreadable: readonly (readonly [
  name: keyof typeof METRICS,
  files: Readonly<Record<string, string>>,
])[] = [
  ["process_resident_memory_bytes", {
    "self/status": status.replace(/^VmRSS.*\n/m, ""),
  }],
  ["process_virtual_memory_bytes", {
    "self/status": status.replace("VmSize", "VmPeak"),
  }],
  ["process_max_fds", { "self/limits": LIMITS.replace("1024 ", "unlimited ") }],
];

for (const [name, files] of unreadable) {
  // A value that is no number would be exposed as Nan.
  Deno.test(`readProcessMetrics() does not know ${name} when the kernel does not tell`, () => {
    assertEquals(read(files), { ...METRICS, [name]: undefined });
  });
}

Deno.test("readProcessMetrics() adds whole ticks", () => {
  // 6 and 1 hundredths as fractions are 0.06999…, less than 7 ticks.
  const text = statText().replace(" 345 123 ", " 6 1 ");
  assertEquals(read({ "self/stat": text }).process_cpu_seconds_total, 0.07);
});
