/**
 * Certificates as openssl makes them.
 *
 * @module
 */

import { runCommand, succeed } from "./program.ts";

/** What to make. */
export interface CertificateOptions {
  /** Path without the endings `.crt` and `.key`. */
  readonly path: string;
  /** Key, as `openssl req -newkey` takes it. */
  readonly newKey?: string;
  /** Validity from now; negative: expired. */
  readonly days?: number;
}

/**
 * Makes a certificate for localhost that signs itself, and its key.
 *
 * @returns Its fingerprint
 */
export async function makeCertificate(
  { path, newKey = "rsa:2048", days = 365 }: CertificateOptions,
): Promise<string> {
  await runOpenssl(
    ["req", "-newkey", newKey, "-nodes", "-subj", "/CN=localhost"],
    ["-keyout", `${path}.key`, "-out", `${path}.csr`],
  );
  await Deno.writeTextFile(`${path}.cnf`, "subjectAltName=DNS:localhost\n");
  await runOpenssl(
    ["x509", "-req", "-in", `${path}.csr`, "-signkey", `${path}.key`],
    ["-days", String(days), "-extfile", `${path}.cnf`, "-out", `${path}.crt`],
  );
  const text = await runOpenssl(
    ["x509", "-in", `${path}.crt`, "-noout", "-fingerprint", "-sha256"],
  );
  return text.trim();
}

/** The fingerprint of the certificate that a server shows. */
export async function readServedFingerprint(address: string): Promise<string> {
  const shown = await runOpenssl(
    ["s_client", "-connect", address, "-servername", "localhost"],
  );
  const text = await runCommand(
    ["openssl", "x509", "-noout", "-fingerprint", "-sha256"],
    shown,
  );
  return text.stdout.trim();
}

/** Runs openssl and gives what it prints. */
export function runOpenssl(
  ...args: readonly (readonly string[])[]
): Promise<string> {
  return succeed("openssl", ...args.flat());
}
