import { assertEquals, assertThrows } from "@std/assert";
// @ts-types="../../src/declarations/std_yaml.d.ts"
import { parse } from "@std/yaml";
import fc from "fast-check";
import {
  parseScrapeTargets,
  renderScrapeConfig,
} from "../../src/generate/scrape_config.ts";

Deno.test("renderScrapeConfig() puts the targets into the entry", () => {
  assertEquals(
    renderScrapeConfig({
      job: "port_exporter",
      targets: ["a.example:9117", "[::1]:9118"],
      format: "static",
    }),
    `scrape_configs:
  - job_name: "port_exporter"
    static_configs:
      - targets:
          - "a.example:9117"
          - "[::1]:9118"
`,
  );
});

Deno.test("renderScrapeConfig() says where to put the hosts when there are none", () => {
  assertEquals(
    renderScrapeConfig({ job: "ports", targets: [], format: "static" }),
    `# Replace this host with those that run port_exporter.
scrape_configs:
  - job_name: "ports"
    static_configs:
      - targets:
          - "localhost:9117"
`,
  );
});

Deno.test("renderScrapeConfig() makes a target file that tells who reads it", () => {
  assertEquals(
    renderScrapeConfig({
      job: "ports",
      targets: ["a:9117"],
      format: "file_sd",
    }),
    `# Save as port_exporter_targets.yml beside prometheus.yml, which reads it with:
#
#   scrape_configs:
#     - job_name: "ports"
#       file_sd_configs:
#         - files:
#             - "port_exporter_targets.yml"
#
# Prometheus notices changes of this file by itself.
- targets:
    - "a:9117"
`,
  );
});

Deno.test("renderScrapeConfig() knows exporters behind TLS and a password", () => {
  assertEquals(
    renderScrapeConfig({
      job: "ports",
      targets: ["a:9117"],
      format: "static",
      access: {
        scheme: "https",
        basicAuth: {
          username: "prometheus",
          passwordFile: "/etc/prometheus/port_exporter.password",
        },
      },
    }),
    `scrape_configs:
  - job_name: "ports"
    scheme: "https"
    basic_auth:
      username: "prometheus"
      password_file: "/etc/prometheus/port_exporter.password"
    static_configs:
      - targets:
          - "a:9117"
`,
  );
});

Deno.test("renderScrapeConfig() knows exporters with a certificate of their own and several users", () => {
  assertEquals(
    renderScrapeConfig({
      job: "ports",
      targets: ["a:9117"],
      format: "static",
      access: {
        scheme: "https",
        caFile: "port_exporter.crt",
        basicAuth: {
          username: "prometheus",
          passwordFile: "/etc/prometheus/port_exporter.password",
          otherUsers: 1,
        },
      },
    }),
    `scrape_configs:
  - job_name: "ports"
    scheme: "https"
    tls_config:
      # A copy of the exporter's certificate, which signs itself.
      ca_file: "port_exporter.crt"
    basic_auth:
      # The first of 2 users.
      username: "prometheus"
      password_file: "/etc/prometheus/port_exporter.password"
    static_configs:
      - targets:
          - "a:9117"
`,
  );
});

Deno.test("renderScrapeConfig() writes any job so that YAML reads it back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (job) => {
    const text = renderScrapeConfig({ job, targets: [], format: "static" });
    const { scrape_configs: [entry] } = parse(text) as {
      scrape_configs: [{ job_name: string }];
    };
    assertEquals(entry.job_name, job);
    const file = renderScrapeConfig({
      job,
      targets: ["a:1"],
      format: "file_sd",
    });
    assertEquals(parse(file), [{ targets: ["a:1"] }]);
  }));
});

Deno.test("parseScrapeTargets() adds the port of the exporter where there is none", () => {
  const expected: Readonly<Record<string, string>> = {
    "a": "a:9117",
    "a.example": "a.example:9117",
    "a.example.": "a.example.:9117",
    "a-1_b.example:80": "a-1_b.example:80",
    "xn--bcher-kva.example": "xn--bcher-kva.example:9117",
    "bücher.example": "bücher.example:9117",
    "10.0.0.5": "10.0.0.5:9117",
    "10.0.0.5:65535": "10.0.0.5:65535",
    "::1": "[::1]:9117",
    "[::1]": "[::1]:9117",
    "[2001:db8::5]:1": "[2001:db8::5]:1",
    "2001:db8::5": "[2001:db8::5]:9117",
    "a:09117": "a:9117",
  };
  for (const [text, target] of Object.entries(expected)) {
    assertEquals(parseScrapeTargets([text]), [target]);
  }
});

Deno.test("parseScrapeTargets() refuses what is no host", () => {
  for (
    const text of [
      "",
      " ",
      "x y",
      " a",
      "a:",
      "a:0",
      "a:65536",
      "a:port",
      "a:1:2",
      ":9117",
      "http://a:9117",
      "a/metrics",
      "a:9117/metrics",
      "user@a",
      "10.0.0",
      "10.0.0.256",
      "[10.0.0.5]:9117",
      "[::1",
      "::1]",
      "[::g]:9117",
      "fe80::1%eth0",
      "-a",
      "a-.example",
      "a..example",
      "a\n",
      `${"a".repeat(64)}.example`,
      '"',
    ]
  ) {
    const error = assertThrows(() => parseScrapeTargets([text]), SyntaxError);
    assertEquals(
      error.message,
      `Cannot use --targets: ${JSON.stringify(text)}, ` +
        "want host, host:port or [::1]:9117",
    );
  }
});

Deno.test("parseScrapeTargets() reports every mistake at once", () => {
  const error = assertThrows(
    () => parseScrapeTargets(["a", "x y", "a:9117", "[::1]", "::1"]),
    SyntaxError,
  );
  assertEquals(error.message.split("\n"), [
    'Cannot use --targets: "x y", want host, host:port or [::1]:9117',
    'Cannot use --targets: "a:9117" is there twice, want each host once',
    'Cannot use --targets: "::1" is there twice, want each host once',
  ]);
});

Deno.test("parseScrapeTargets() never fails otherwise", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
    try {
      parseScrapeTargets(texts);
    } catch (error) {
      assertEquals(error instanceof SyntaxError, true);
    }
  }));
});
