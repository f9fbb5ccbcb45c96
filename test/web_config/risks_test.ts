import { assertEquals } from "@std/assert";
import { findWebRisks } from "../../src/web_config/risks.ts";

const NOW = Date.UTC(2026, 5, 15);
const DAY = 86_400_000;

/** Risks of a certificate with this validity, in days from now. */
function risksOfValidity(from: number, to: number): readonly string[] {
  return findWebRisks({
    users: new Map(),
    headers: {},
    tls: {
      certificate: "",
      key: "",
      facts: {
        notBefore: NOW + from * DAY,
        notAfter: NOW + to * DAY,
        isSelfSigned: true,
      },
    },
  }, NOW);
}

const CERTIFICATE = "Watch out for tls_server_config: the certificate";

Deno.test("findWebRisks() is silent about a certificate that is valid for long", () => {
  assertEquals(risksOfValidity(-1, 15), []);
});

Deno.test("findWebRisks() warns of a certificate that is out of date, or will soon be", () => {
  assertEquals(risksOfValidity(-30, -1), [
    `${CERTIFICATE} expired at 2026-06-14T00:00:00.000Z`,
  ]);
  assertEquals(risksOfValidity(-30, 13), [
    `${CERTIFICATE} expires at 2026-06-28T00:00:00.000Z`,
  ]);
  assertEquals(risksOfValidity(1, 365), [
    `${CERTIFICATE} is not valid before 2026-06-16T00:00:00.000Z`,
  ]);
});

Deno.test("findWebRisks() warns of passwords that take long or are sent in the clear", () => {
  const hash = (cost: string) => `$2b$${cost}$${".".repeat(53)}`;
  const users = new Map([
    ["quick", hash("10")],
    ["slow", hash("12")],
  ]);
  assertEquals(findWebRisks({ users, headers: {} }, NOW), [
    'Watch out for basic_auth_users of "slow": the first check of a password ' +
    "with cost 12 takes about 6 s; make the hash with cost 10",
    "Watch out for basic_auth_users: without tls_server_config passwords can " +
    "be read on their way",
  ]);
});
