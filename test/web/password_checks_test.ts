import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createPasswordChecks,
  type PasswordChecks,
} from "../../src/web/password_checks.ts";

/** Checks whose hashes are `hash of` the password; a comparison can be held. */
function openChecks(users: Readonly<Record<string, string>> = {
  alice: "hash of sesame",
  bob: "hash of swordfish",
}) {
  const compared: string[] = [];
  let held: Promise<void> | undefined;
  let release = () => {};
  const checks = createPasswordChecks(async ({ password, hash }) => {
    compared.push(`${password} with ${hash}`);
    await held;
    return hash === `hash of ${password}`;
  });
  checks.setUsers(new Map(Object.entries(users)));
  return {
    checks,
    compared,
    hold() {
      held = new Promise((resolve) => release = resolve);
    },
    release() {
      held = undefined;
      release();
    },
  };
}

function check(
  checks: PasswordChecks,
  [user, password, client = "10.0.0.1"]: readonly [string, string, string?],
) {
  return checks.check({ user, password }, client);
}

/** Digests come from another thread: how many have not come yet. */
let missingDigests = 0;
const sign = crypto.subtle.sign.bind(crypto.subtle);
crypto.subtle.sign = async (...input) => {
  missingDigests++;
  try {
    return await sign(...input);
  } finally {
    missingDigests--;
  }
};

/** Waits until one comparison runs and all others have taken their place. */
async function untilComparing(compared: readonly string[]): Promise<void> {
  do await new Promise((go) => setTimeout(go, 1)); while (
    missingDigests > 0 || compared.length === 0
  );
  assertEquals(compared.length, 1);
}

Deno.test("password checks let only a user with the own password in", async () => {
  const { checks } = openChecks();
  assertEquals(await check(checks, ["alice", "sesame"]), "right");
  assertEquals(await check(checks, ["bob", "swordfish"]), "right");
  assertEquals(await check(checks, ["alice", "swordfish"]), "wrong");
  assertEquals(await check(checks, ["alice", ""]), "wrong");
  assertEquals(await check(checks, ["Alice", "sesame"]), "wrong");
});

Deno.test("password checks remember both verdicts", async () => {
  const { checks, compared } = openChecks();
  for (let i = 0; i < 3; i++) {
    assertEquals(await check(checks, ["alice", "sesame"]), "right");
    assertEquals(await check(checks, ["alice", "open"]), "wrong");
  }
  assertEquals(compared.length, 2);
});

Deno.test("password checks compare an unknown user with the hash of a known one, and never let it in", async () => {
  const users = { alice: "hash of sesame", bob: "hash of sesame" };
  const { checks, compared } = openChecks(users);
  for (const user of ["mallory", "", "__proto__", "constructor"]) {
    assertEquals(await check(checks, [user, "sesame"]), "wrong");
    assertEquals(compared.pop(), "sesame with hash of sesame");
  }
});

Deno.test("password checks spread unknown users over the hashes, each always to the same", async () => {
  const { checks, compared } = openChecks();
  for (let i = 0; i < 40; i++) {
    await check(checks, [`user ${i}`, "first"]);
    await check(checks, [`user ${i}`, "second"]);
    const [first, second] = compared.splice(0);
    assertEquals(first?.replace("first", "second"), second);
  }
  const hashes = new Set<string | undefined>();
  for (let i = 0; i < 40; i++) {
    await check(checks, [`other ${i}`, "x"]);
    hashes.add(compared.pop());
  }
  assertEquals(hashes.size, 2);
});

Deno.test("password checks share one comparison of the same credentials", async () => {
  const { checks, compared, hold, release } = openChecks();
  hold();
  const verdicts = Promise.all([
    check(checks, ["alice", "sesame"]),
    check(checks, ["alice", "sesame", "10.0.0.2"]),
    check(checks, ["alice", "sesame", "10.0.0.3"]),
  ]);
  await untilComparing(compared);
  release();
  assertEquals(await verdicts, ["right", "right", "right"]);
  assertEquals(compared.length, 1);
});

Deno.test("password checks answer right credentials at once while wrong ones wait", async () => {
  const { checks, compared, hold, release } = openChecks();
  await check(checks, ["alice", "sesame"]);
  compared.length = 0;
  hold();
  const attack = Promise.all(
    Array.from({ length: 2_000 }, (_, i) => check(checks, ["alice", `${i}`])),
  );
  await untilComparing(compared);
  assertEquals(await check(checks, ["alice", "sesame"]), "right");
  release();
  const verdicts = await attack;
  assert(verdicts.includes("busy") && verdicts.includes("wrong"));
  assertEquals(verdicts.includes("right"), false);
});

Deno.test("password checks let no number of wrong passwords displace a right one", async () => {
  const { checks, compared } = openChecks();
  await check(checks, ["alice", "sesame"]);
  for (let i = 0; i < 3_000; i++) await check(checks, ["alice", `${i}`]);
  compared.length = 0;
  assertEquals(await check(checks, ["alice", "sesame"]), "right");
  assertEquals(await check(checks, ["alice", "2999"]), "wrong");
  assertEquals(compared, []);
  // But what is remembered is bounded.
  assertEquals(await check(checks, ["alice", "0"]), "wrong");
  assertEquals(compared.length, 1);
});

Deno.test("password checks take a first right login while another client tries passwords", async () => {
  const { checks, compared, hold, release } = openChecks();
  hold();
  const attack = Array.from(
    { length: 100 },
    (_, i) => check(checks, ["alice", `${i}`]),
  );
  await untilComparing(compared);
  const login = check(checks, ["alice", "sesame", "10.0.0.2"]);
  await untilComparing(compared);
  release();
  assertEquals(await login, "right");
  await Promise.all(attack);
  // Behind the one that ran and one more of the attacker.
  assertEquals(compared.indexOf("sesame with hash of sesame"), 2);
});

Deno.test("password checks forget a user that is gone or has another password", async () => {
  const { checks, compared } = openChecks();
  await check(checks, ["alice", "sesame"]);
  await check(checks, ["bob", "swordfish"]);
  checks.setUsers(
    new Map([["alice", "hash of new"], ["bob", "hash of swordfish"]]),
  );
  assertEquals(await check(checks, ["alice", "sesame"]), "wrong");
  assertEquals(await check(checks, ["alice", "new"]), "right");
  compared.length = 0;
  assertEquals(await check(checks, ["bob", "swordfish"]), "right");
  assertEquals(compared, []);
  checks.setUsers(new Map([["alice", "hash of new"]]));
  assertEquals(await check(checks, ["bob", "swordfish"]), "wrong");
});

Deno.test("password checks do not let in by users that changed meanwhile", async () => {
  const { checks, compared, hold, release } = openChecks();
  hold();
  const verdict = check(checks, ["alice", "sesame"]);
  await untilComparing(compared);
  checks.setUsers(new Map([["alice", "hash of new"]]));
  release();
  assertEquals(await verdict, "wrong");
});

Deno.test("password checks let in an unknown user that becomes known with the same hash", async () => {
  const { checks } = openChecks({ alice: "hash of sesame" });
  assertEquals(await check(checks, ["bob", "sesame"]), "wrong");
  checks.setUsers(
    new Map([["alice", "hash of sesame"], ["bob", "hash of sesame"]]),
  );
  assertEquals(await check(checks, ["bob", "sesame"]), "right");
});

Deno.test("password checks try again what could not be compared", async () => {
  let attempts = 0;
  const checks = createPasswordChecks(() => {
    if (++attempts === 1) throw new RangeError("no worker");
    return Promise.resolve(true);
  });
  checks.setUsers(new Map([["alice", "hash"]]));
  await assertRejects(
    () => check(checks, ["alice", "sesame"]),
    RangeError,
    "no worker",
  );
  assertEquals(await check(checks, ["alice", "sesame"]), "right");
});
