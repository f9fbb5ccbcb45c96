/**
 * The web configuration: the built binary behind TLS and passwords, asked by
 * curl, with certificates and hashes that other programs made.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  makeCertificate,
  readServedFingerprint,
  runOpenssl,
} from "../support/certificates.ts";
import {
  buildConfigText,
  eventually,
  type Exporter,
  fail,
  runCommand,
  runProgram,
  startExporter,
  wait,
} from "../support/program.ts";

const TLS =
  "tls_server_config: {cert_file: server.crt, key_file: server.key}\n";

/**
 * Passwords with hashes of low cost: of the test vectors of crypt_blowfish,
 * and of htpasswd -nbB -C 4.
 */
const USERS = `basic_auth_users:
  alice: $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW
  bob: $2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a
`;

const PASSWORDS = { alice: "U*U", bob: "U*U*U" };

interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes the web configuration, all of it at once. */
  write(text: string): Promise<void>;
}

async function makeFolder(text = ""): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "port_exporter-web-" });
  const write = async (text: string) => {
    await Deno.writeTextFile(`${path}/web.yml.new`, text);
    await Deno.rename(`${path}/web.yml.new`, `${path}/web.yml`);
  };
  await write(text);
  return {
    path,
    write,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function makeTlsFolder(text: string): Promise<Folder> {
  const folder = await makeFolder(text);
  await makeCertificate({ path: `${folder.path}/server` });
  return folder;
}

/** Puts another certificate and key in the place of those of the server. */
async function replacePair(folder: Folder, name: string): Promise<void> {
  for (const ending of ["crt", "key"]) {
    await Deno.rename(
      `${folder.path}/${name}.${ending}`,
      `${folder.path}/server.${ending}`,
    );
  }
}

function start({ path }: Folder): Promise<Exporter> {
  return startExporter({
    config: buildConfigText(6000),
    args: [`--web.config.file=${path}/web.yml`],
  });
}

function portOf({ url }: Exporter): string {
  return new URL(url).port;
}

interface Answer {
  readonly code: number;
  readonly status: number;
  readonly text: string;
}

/** Asks with curl; the text has the headers, too. */
async function curl(
  exporter: Exporter,
  { scheme = "https", path = "/-/healthy", args = [] }: {
    readonly scheme?: "http" | "https";
    readonly path?: string;
    readonly args?: readonly string[];
  } = {},
): Promise<Answer> {
  const { code, stdout } = await runCommand([
    "curl",
    ...["-s", "-i", "-m", "60", "-w", "\n%{http_code}"],
    // A name, for which the certificates are made, and no lookup.
    ...["--resolve", `localhost:${portOf(exporter)}:127.0.0.1`],
    ...args,
    `${scheme}://localhost:${portOf(exporter)}${path}`,
  ]);
  return { code, status: Number(stdout.split("\n").at(-1)), text: stdout };
}

Deno.test("TLS: curl trusts the certificate, and HTTP/1.1 and 2 give the metrics", async () => {
  await using folder = await makeTlsFolder(TLS);
  await using exporter = await start(folder);
  const trust = ["--cacert", `${folder.path}/server.crt`];
  for (const version of ["--http1.1", "--http2"]) {
    const args = [...trust, version];
    const answer = await curl(exporter, { path: "/metrics", args });
    assertEquals(answer.status, 200);
    assertMatch(answer.text, /^port_up\{.*\} 0$/m);
  }
  const CURLE_PEER_FAILED_VERIFICATION = 60;
  assertEquals((await curl(exporter)).code, CURLE_PEER_FAILED_VERIFICATION);
  const plain = await curl(exporter, { scheme: "http" });
  assertEquals(plain.status, 0);
});

Deno.test("passwords: only the right one of a known user opens any page", async () => {
  const { stdout } = await runCommand(
    ["htpasswd", "-nbB", "-C", "10", "carol", "pässwörd:x"],
  );
  const hash = stdout.trim().split(":")[1] ?? fail(stdout);
  await using folder = await makeFolder(`${USERS}  carol: ${hash}\n`);
  await using exporter = await start(folder);
  const ask = (user: string, path?: string) =>
    curl(exporter, {
      scheme: "http",
      args: ["-u", user],
      ...(path !== undefined && { path }),
    });
  assertEquals((await ask(`alice:${PASSWORDS.alice}`)).status, 200);
  assertEquals((await ask(`bob:${PASSWORDS.bob}`)).status, 200);
  assertEquals((await ask("carol:pässwörd:x")).status, 200);
  assertEquals((await ask("carol:pässwörd")).status, 401);
  assertEquals((await ask(`alice:${PASSWORDS.bob}`)).status, 401);
  assertEquals((await ask(`mallory:${PASSWORDS.alice}`)).status, 401);
  for (const path of ["/", "/metrics", "/-/healthy", "/-/ready", "/nowhere"]) {
    const answer = await curl(exporter, { scheme: "http", path });
    assertEquals(answer.status, 401, path);
    assertMatch(answer.text, /^www-authenticate: Basic realm=".+"/im);
  }
  const found = await ask(`alice:${PASSWORDS.alice}`, "/nowhere");
  assertEquals(found.status, 404);
});

Deno.test("TLS and passwords together", async () => {
  await using folder = await makeTlsFolder(TLS + USERS);
  await using exporter = await start(folder);
  const trust = ["--cacert", `${folder.path}/server.crt`];
  assertEquals((await curl(exporter, { args: trust })).status, 401);
  const right = [...trust, "-u", `alice:${PASSWORDS.alice}`];
  assertEquals((await curl(exporter, { args: right })).status, 200);
});

Deno.test("headers are on every answer", async () => {
  await using folder = await makeFolder(`${USERS}http_server_config:
  headers:
    X-Frame-Options: sameorigin
    Content-Security-Policy: default-src 'self'
    X-XSS-Protection: ""
`);
  await using exporter = await start(folder);
  const right = ["-u", `alice:${PASSWORDS.alice}`];
  const accept = ["-H", "Accept: text/html"];
  for (
    const [path, args, status] of [
      ["/metrics", [], 401],
      ["/metrics", right, 200],
      ["/", [...right, ...accept], 200],
      ["/nowhere", right, 404],
    ] as const
  ) {
    const answer = await curl(exporter, { scheme: "http", path, args });
    assertEquals(answer.status, status);
    assertMatch(answer.text, /^x-frame-options: sameorigin\r$/im);
    assertMatch(
      answer.text,
      /^content-security-policy: default-src 'self'\r$/im,
    );
    assert(!/^x-xss-protection/im.test(answer.text), answer.text);
  }
});

Deno.test("an expired certificate is served, and the log warns of it", async () => {
  await using folder = await makeFolder(TLS);
  await makeCertificate({ path: `${folder.path}/server`, days: -1 });
  await using exporter = await start(folder);
  const trust = ["--cacert", `${folder.path}/server.crt`];
  assertEquals((await curl(exporter, { args: trust })).status, 0);
  assertEquals((await curl(exporter, { args: ["-k"] })).status, 200);
  assertMatch(
    exporter.log(),
    /level=warn msg="Watch out for tls_server_config: the certificate expired at /,
  );
  const { code, stdout } = await runProgram(
    "validate",
    `--web.config.file=${folder.path}/web.yml`,
  );
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /warning: .* the certificate expired at .*\n.*no mistakes\n$/,
  );
});

for (
  const [name, kind] of [["RSA", "rsa:2048"], ["ECDSA", "ec"], [
    "Ed25519",
    "ed25519",
  ]] as const
) {
  Deno.test(`TLS serves a certificate with a key of ${name}`, async () => {
    await using folder = await makeFolder(TLS);
    const path = `${folder.path}/server`;
    if (kind === "ec") {
      await runOpenssl(
        ["ecparam", "-name", "prime256v1", "-genkey", "-out", `${path}.key`],
      );
      await runOpenssl(
        ["req", "-x509", "-key", `${path}.key`, "-out", `${path}.crt`],
        ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
      );
    } else await makeCertificate({ path, newKey: kind });
    await using exporter = await start(folder);
    const args = ["--cacert", `${path}.crt`];
    assertEquals((await curl(exporter, { args })).status, 200);
  });
}

Deno.test("certificate and key may stand in one file, the key first, also while it runs", async () => {
  await using folder = await makeFolder(TLS);
  const path = `${folder.path}/server`;
  const print = await makeCertificate({ path });
  await using exporter = await start(folder);
  const next = `${folder.path}/next`;
  const nextPrint = await makeCertificate({ path: next });
  // The key as openssl ecparam makes it begins with another block.
  const parameters = await runOpenssl(["ecparam", "-name", "prime256v1"]);
  await Deno.writeTextFile(
    `${next}.crt`,
    parameters + await Deno.readTextFile(`${next}.key`) +
      await Deno.readTextFile(`${next}.crt`),
  );
  const address = `127.0.0.1:${portOf(exporter)}`;
  assertEquals(await readServedFingerprint(address), print);
  await replacePair(folder, "next");
  await eventually(async () =>
    assertEquals(await readServedFingerprint(address), nextPrint)
  );
  const { code, stderr } = await runProgram(
    "validate",
    `--web.config.file=${folder.path}/web.yml`,
  );
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("every mistake is reported at once, with exit code 2", async () => {
  await using folder = await makeFolder(`tls_server_config:
  cert_file: server.crt
  key_file: none.key
`);
  const path = `${folder.path}/web.yml`;
  const place = `port_exporter: ${path}: Cannot use tls_server_config`;
  const run = async (command = "serve") => {
    const finished = await runProgram(command, `--web.config.file=${path}`);
    assertEquals(finished.code, 2);
    assertEquals(finished.stdout, "");
    return finished.stderr;
  };
  const expected = `${place}.cert_file: "server.crt": it does not exist\n` +
    `${place}.key_file: "none.key": it does not exist\n`;
  assertEquals(await run(), expected);
  assertEquals(await run("validate"), expected);

  await makeCertificate({ path: `${folder.path}/server` });
  await makeCertificate({ path: `${folder.path}/other` });
  await folder.write(TLS.replace("server.key", "other.key"));
  assertEquals(
    await run(),
    `${place}.key_file: "other.key": it does not belong to the certificate, ` +
      "want its private key\n",
  );
  await folder.write(TLS.replace("server.crt", "server.key"));
  assertEquals(
    await run(),
    `${place}.cert_file: "server.key": no certificate in it, want PEM\n`,
  );
  await runOpenssl(
    ["rsa", "-aes128", "-passout", "pass:x", "-in"],
    [`${folder.path}/server.key`, "-out", `${folder.path}/other.key`],
  );
  await folder.write(TLS.replace("server.key", "other.key"));
  assertEquals(
    await run(),
    `${place}.key_file: "other.key": no private key in it, want PEM without ` +
      "a passphrase\n",
  );
  await makeCertificate({ path: `${folder.path}/server`, newKey: "rsa:1024" });
  await folder.write(TLS);
  assertEquals(
    await run(),
    `${place}.key_file: "server.key": not a key for TLS, want RSA of at least ` +
      "2048 bits, ECDSA or Ed25519\n",
  );
});

Deno.test("a second exporter on the same port is an error, whoever has a web configuration", async () => {
  await using folder = await makeFolder();
  await using exporter = await start(folder);
  const address = `127.0.0.1:${portOf(exporter)}`;
  for (const args of [[], [`--web.config.file=${folder.path}/web.yml`]]) {
    const { code, stderr } = await runProgram(
      "serve",
      `--web.listen-address=${address}`,
      "--log.level=error",
      ...args,
    );
    assertEquals(code, 1);
    assertEquals(
      stderr,
      `port_exporter: Cannot listen on ${address}: the port is taken by ` +
        "another program, want a free one\n",
    );
  }
});

Deno.test("changed files are taken up: users, plain HTTP to TLS and back, a broken certificate never", async () => {
  await using folder = await makeTlsFolder(USERS);
  await using exporter = await start(folder);
  const alice = ["-u", `alice:${PASSWORDS.alice}`];
  const trust = ["--cacert", `${folder.path}/server.crt`];
  const untilStatus = (status: number, ask: () => Promise<Answer>) =>
    eventually(async () => assertEquals((await ask()).status, status));
  assertEquals(
    (await curl(exporter, { scheme: "http", args: alice })).status,
    200,
  );
  await folder.write(USERS.replace("alice", "dave"));
  await untilStatus(401, () => curl(exporter, { scheme: "http", args: alice }));
  await folder.write(TLS);
  await untilStatus(200, () => curl(exporter, { args: trust }));

  await Deno.writeTextFile(`${folder.path}/server.key`, "nothing\n");
  await eventually(() =>
    assertMatch(
      exporter.log(),
      /level=error msg="web configuration not loaded, the old one stays" error=".*no private key in it/,
    )
  );
  assertEquals((await curl(exporter, { args: ["-k"] })).status, 200);
  await folder.write("");
  await untilStatus(200, () => curl(exporter, { scheme: "http" }));
  assertEquals((await exporter.stop()).code, 0);
});

/** Sends a plain request; tells whether it is answered, and when it ends. */
async function openPlain(exporter: Exporter) {
  const connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(portOf(exporter)),
  });
  const state = { isAnswered: false, hasEnded: false };
  const run = async () => {
    const request = "GET /-/healthy HTTP/1.1\r\nhost: localhost\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    const buffer = new Uint8Array(4096);
    for (let length; (length = await connection.read(buffer)) !== null;) {
      const text = new TextDecoder("latin1").decode(buffer.subarray(0, length));
      state.isAnswered ||= text.startsWith("HTTP/1.1 200");
    }
  };
  run().catch(() => {}).finally(() => state.hasEnded = true);
  return Object.assign(state, { close: () => connection.close() });
}

Deno.test("plain connections end after a change to TLS, also those of its last moments", async () => {
  await using folder = await makeTlsFolder("");
  await using exporter = await start(folder);
  await folder.write(TLS);
  const recent: Awaited<ReturnType<typeof openPlain>>[] = [];
  // While two listeners share the port, the kernel spreads connections.
  let refused = 0;
  while (refused < 50) {
    const plain = await openPlain(exporter);
    recent.push(plain);
    await wait(2);
    if (plain.hasEnded && !plain.isAnswered) refused++;
    if (recent.length > 200) recent.shift()?.close();
  }
  assert(recent.some(({ isAnswered }) => isAnswered));
  await eventually(() =>
    assertEquals(recent.filter(({ hasEnded }) => !hasEnded).length, 0)
  );
  for (const { close } of recent) close();
});

Deno.test("a certificate behind a symlink that is swapped is taken up, as Kubernetes does it", async () => {
  await using folder = await makeFolder(
    "tls_server_config: {cert_file: data/server.crt, key_file: data/server.key}\n",
  );
  const prints: string[] = [];
  for (const name of ["first", "second"]) {
    await Deno.mkdir(`${folder.path}/${name}`);
    prints.push(
      await makeCertificate({ path: `${folder.path}/${name}/server` }),
    );
  }
  await Deno.symlink("first", `${folder.path}/data`);
  await using exporter = await start(folder);
  const address = `127.0.0.1:${portOf(exporter)}`;
  assertEquals(await readServedFingerprint(address), prints[0]);
  await Deno.symlink("second", `${folder.path}/data.new`);
  await Deno.rename(`${folder.path}/data.new`, `${folder.path}/data`);
  await eventually(async () =>
    assertEquals(await readServedFingerprint(address), prints[1])
  );
});

const CLIENTS = 20;

Deno.test("a certificate that changes under load costs no client more than one request", async () => {
  for (const keepsAlive of [true, false]) {
    await using folder = await makeTlsFolder(TLS);
    const print = await makeCertificate({ path: `${folder.path}/next` });
    const caCerts = await Promise.all(
      ["server", "next"].map((name) =>
        Deno.readTextFile(`${folder.path}/${name}.crt`)
      ),
    );
    await using exporter = await start(folder);
    let isDone = false;
    const runClient = async () => {
      using client = Deno.createHttpClient({
        caCerts,
        ...(!keepsAlive && { poolMaxIdlePerHost: 0 }),
      });
      let answered = 0;
      let lost = 0;
      while (!isDone) {
        try {
          const response = await fetch(
            `https://localhost:${portOf(exporter)}/-/healthy`,
            { client, signal: AbortSignal.timeout(5_000) },
          );
          await response.text();
          assertEquals(response.status, 200);
          answered++;
        } catch {
          lost++;
        }
        await wait(10);
      }
      return { answered, lost };
    };
    const clients = Array.from({ length: CLIENTS }, runClient);
    await wait(1_000);
    await replacePair(folder, "next");
    await eventually(async () =>
      assertEquals(
        await readServedFingerprint(`127.0.0.1:${portOf(exporter)}`),
        print,
      )
    );
    await wait(1_000);
    isDone = true;
    const results = await Promise.all(clients);
    const sum = (values: readonly number[]) =>
      values.reduce((total, value) => total + value, 0);
    // deno-lint-ignore no-console -- a figure for people
    console.log(
      `certificate changed, ${CLIENTS} clients ${
        keepsAlive ? "that keep" : "without"
      } connections: ${sum(results.map(({ answered }) => answered))} ` +
        `requests answered, ${sum(results.map(({ lost }) => lost))} lost`,
    );
    for (const { answered, lost } of results) {
      assert(answered > 0 && lost <= 1, JSON.stringify(results));
    }
  }
});

Deno.test("wrong passwords at full speed keep nobody out", async () => {
  const { stdout } = await runCommand(
    ["htpasswd", "-nbB", "-C", "8", "alice", "sesame"],
  );
  await using folder = await makeFolder(
    `basic_auth_users:\n  ${stdout.trim().replace(":", ": ")}\n`,
  );
  await using exporter = await start(folder);
  const ask = async (password: string) => {
    const response = await fetch(`${exporter.url}/metrics`, {
      headers: { authorization: `Basic ${btoa(`alice:${password}`)}` },
    });
    await response.text();
    return response.status;
  };
  assertEquals(await ask("sesame"), 200);
  let isDone = false;
  const refused = new Map<number, number>();
  const attackers = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let i = 0; !isDone; i++) {
      const status = await ask(`${client} ${i}`);
      refused.set(status, (refused.get(status) ?? 0) + 1);
    }
  });
  const milliseconds: number[] = [];
  for (let i = 0; i < 200; i++) {
    const begin = performance.now();
    assertEquals(await ask("sesame"), 200);
    milliseconds.push(performance.now() - begin);
    await wait(10);
  }
  // One that logs in for the first time meanwhile, from elsewhere.
  await folder.write(
    `${await Deno.readTextFile(`${folder.path}/web.yml`)}  bob: ${
      USERS.split("alice: ")[1]?.split("\n")[0]
    }\n`,
  );
  await eventually(async () => {
    const answer = await curl(exporter, {
      scheme: "http",
      args: ["--interface", "127.0.0.2", "-u", `bob:${PASSWORDS.alice}`],
    });
    assertEquals(answer.status, 200);
  });
  isDone = true;
  await Promise.all(attackers);
  milliseconds.sort((a, b) => a - b);
  // deno-lint-ignore no-console -- figures for people
  console.log(
    `refused meanwhile: ${JSON.stringify([...refused])}; a scrape with the ` +
      `right password took ${milliseconds[100]?.toFixed(1)} ms p50, ` +
      `${milliseconds[197]?.toFixed(1)} ms p99`,
  );
  assertEquals([...refused.keys()].sort(), [401, 503]);
});

Deno.test("the command of the page makes a line of basic_auth_users", async () => {
  const page = await Deno.readTextFile("docs/web-config.md");
  const [command = fail("the page has none")] =
    /^htpasswd -nB .*$/m.exec(page) ??
      [];
  // The password from stdin, for there is no terminal to ask on.
  const { stdout } = await runCommand(
    ["sh", "-c", `echo secret | ${command.replace("-nB", "-niB")}`],
  );
  await using folder = await makeTlsFolder(`basic_auth_users:\n${stdout}`);
  assertEquals(
    await runProgram("validate", `--web.config.file=${folder.path}/web.yml`),
    {
      code: 0,
      stdout: `${folder.path}/web.yml: warning: Watch out for ` +
        "basic_auth_users: without tls_server_config passwords can be read " +
        `on their way\n${folder.path}/web.yml: plain HTTP, 1 user, no mistakes\n`,
      stderr: "",
    },
  );
});

Deno.test("scrape-config gives Prometheus what the web configuration asks for", async () => {
  await using folder = await makeTlsFolder(TLS + USERS);
  await Deno.writeTextFile(`${folder.path}/ports.yml`, buildConfigText(6000));
  const { code, stdout } = await runProgram(
    "scrape-config",
    `--config.file=${folder.path}/ports.yml`,
    `--web.config.file=${folder.path}/web.yml`,
    "--targets=log1",
  );
  assertEquals(code, 0);
  assertEquals(
    stdout,
    `scrape_configs:
  - job_name: "port_exporter"
    scheme: "https"
    tls_config:
      # A copy of the exporter's certificate, which signs itself.
      ca_file: "port_exporter.crt"
    basic_auth:
      # The first of 2 users.
      username: "alice"
      password_file: "port_exporter.password"
    static_configs:
      - targets:
          - "log1:9117"
`,
  );
  await Deno.writeTextFile(`${folder.path}/prometheus.yml`, stdout);
  await Deno.writeTextFile(`${folder.path}/port_exporter.password`, "U*U");
  await Deno.copyFile(
    `${folder.path}/server.crt`,
    `${folder.path}/port_exporter.crt`,
  );
  const checked = await runCommand(
    ["promtool", "check", "config", `${folder.path}/prometheus.yml`],
  );
  assertEquals(checked.code, 0, checked.stderr);
});

Deno.test("the worker that checks passwords ends when nobody needs it", async () => {
  await using folder = await makeFolder(USERS);
  await using exporter = await start(folder);
  const names = async () => {
    const threads: string[] = [];
    for await (const { name } of Deno.readDir(`/proc/${exporter.pid}/task`)) {
      threads.push(
        await Deno.readTextFile(`/proc/${exporter.pid}/task/${name}/comm`)
          .catch(() => ""),
      );
    }
    return threads.map((name) => name.trim());
  };
  const before = await names();
  const args = ["-u", `alice:${PASSWORDS.alice}`];
  assertEquals((await curl(exporter, { scheme: "http", args })).status, 200);
  assertEquals((await names()).some((name) => name.startsWith("worker")), true);
  await eventually(async () =>
    assertEquals(
      (await names()).filter((name) => name.startsWith("worker")),
      before.filter((name) => name.startsWith("worker")),
    )
  );
  // The next check starts another one.
  const bob = ["-u", `bob:${PASSWORDS.bob}`];
  assertEquals(
    (await curl(exporter, { scheme: "http", args: bob })).status,
    200,
  );
});

Deno.test("SIGTERM does not wait for a TLS handshake that never begins", async () => {
  await using folder = await makeTlsFolder(TLS);
  await using exporter = await start(folder);
  using _silent = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(portOf(exporter)),
  });
  await curl(exporter, { args: ["-k"] });
  const begun = performance.now();
  assertEquals((await exporter.stop()).code, 0);
  // Without an end of the wait it would be the five seconds of a running scrape.
  assert(performance.now() - begun < 4_500);
});
