import { assert, assertEquals } from "@std/assert";
import { loadConfig } from "../../src/config/load.ts";
import { badDirectory, goodDirectory, listNames } from "./corpus.ts";

function loadErrors(path: string): readonly string[] {
  const result = loadConfig(path);
  return result.ok ? [] : result.errors;
}

for (const name of listNames(goodDirectory, ".yml")) {
  Deno.test(`loadConfig() accepts good/${name}.yml`, () => {
    assertEquals(loadErrors(`${goodDirectory}/${name}.yml`), []);
  });
}

for (const name of listNames(badDirectory, ".yml")) {
  Deno.test(`loadConfig() says what is wrong in bad/${name}.yml`, () => {
    const messages = loadErrors(`${badDirectory}/${name}.yml`)
      .map((error) => error.replace(`${badDirectory}/`, ""));
    assertEquals(
      messages.map((message) => `${message}\n`).join(""),
      Deno.readTextFileSync(`${badDirectory}/${name}.txt`),
    );
  });
}

Deno.test("every bad configuration stands beside its messages", () => {
  const names = listNames(badDirectory, ".yml");
  assertEquals(names, listNames(badDirectory, ".txt"));
  assert(names.length > 100, `only ${names.length} files were found`);
});

Deno.test("loadConfig() names a file that does not exist", () => {
  assertEquals(loadErrors("fixtures/config/none.yml"), [
    "fixtures/config/none.yml: Cannot read the file: it does not exist",
  ]);
});

const foldersDirectory = "fixtures/config/folders";

Deno.test("loadConfig() reads all files of a folder as one configuration", () => {
  for (const path of ["good", "good/"]) {
    const result = loadConfig(`${foldersDirectory}/${path}`);
    if (!result.ok) throw new Error(result.errors.join());
    const { targets, alerts } = result.config;
    assertEquals(
      targets.map(({ name, port, processes, place }) => ({
        name,
        port,
        processes,
        place,
      })),
      [
        {
          name: "asa",
          port: 6984,
          processes: ["filebeat"],
          place: `${foldersDirectory}/good/10-asa.yml ports[0].port`,
        },
        {
          name: "relay",
          port: 514,
          // The defaults of a file are for that file.
          processes: undefined,
          place: `${foldersDirectory}/good/20-relay.yaml ports[0].port`,
        },
      ],
    );
    assertEquals(alerts.labels, { team: "logs" });
  }
});

for (
  const [folder, errors] of [
    ["conflicts", [
      'Cannot merge udp port 514 with name "relay": ' +
      "conflicts/a.yml ports[0].port and conflicts/b.yml ports[0].port " +
      "differ in severity, want the same or another name",
      "Cannot merge alerts: conflicts/a.yml and conflicts/b.yml differ in " +
      "job, want the same",
    ]],
    ["duplicates", [
      "duplicates: Cannot use duplicates/b.yml ports[1].port: udp port 514 " +
      "with address any stands already at duplicates/a.yml ports[0].port, " +
      "want each target once",
    ]],
    ["mistakes", [
      "mistakes/a.yml: Cannot use ports[0].port: 0, want 1-65535 or a range " +
      "like 7878-7880",
      "mistakes/b.yml: Cannot use port: unknown key, want one of defaults, " +
      'ports, listeners, alerts, dashboard; did you mean "ports"?',
      "mistakes/c.yml: Cannot use ports[1].port: udp port 1 with address any " +
      "stands already at ports[0].port, want each target once",
    ]],
    ["no_ports", [
      "no_ports: Cannot use the file: no ports, want at least one port entry " +
      "or listeners.enabled: true",
    ]],
    ["no_files", [
      "no_files: Cannot use the folder: no file in it ends in .yml or .yaml, want at " +
      "least one",
    ]],
  ] as const
) {
  Deno.test(`loadConfig() says what is wrong in folders/${folder}`, () => {
    assertEquals(
      loadErrors(`${foldersDirectory}/${folder}`)
        .map((error) => error.replaceAll(`${foldersDirectory}/`, "")),
      [...errors],
    );
  });
}
