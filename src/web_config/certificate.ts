/**
 * Looks at a certificate and its key before a server has to use them.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import type { KeyPair } from "./web_config.ts";

/** What there is to know of a certificate. */
export interface CertificateFacts {
  /** From when on it is valid, in milliseconds since 1970. */
  readonly notBefore: number;
  /** Until when it is valid, in milliseconds since 1970. */
  readonly notAfter: number;
  /** Whether it is its own authority. */
  readonly isSelfSigned: boolean;
}

/**
 * Why TLS cannot use the pair; `undefined` when it can. `part` is absent when
 * both are to blame.
 */
export interface KeyPairProblem {
  /** What is to blame. */
  readonly part?: "cert" | "key";
  /** What is there and what is wanted. */
  readonly text: string;
}

/**
 * Finds out whether TLS can use a certificate with its key. Only the server's
 * own way of reading them is sure to accept what the server accepts: a
 * listener that nobody knows of is opened and closed.
 */
export function findKeyPairProblem(
  { certificate, key }: KeyPair,
): KeyPairProblem | undefined {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate, key })
      .close();
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith("No certificates found")) {
      return { part: "cert", text: "no certificate in it, want PEM" };
    }
    if (message.startsWith("No keys found")) {
      return {
        part: "key",
        text: "no private key in it, want PEM without a passphrase",
      };
    }
    if (message.includes("KeyMismatch")) {
      return {
        part: "key",
        text: "it does not belong to the certificate, want its private key",
      };
    }
    if (message.includes("failed to parse private key")) {
      return {
        part: "key",
        text: "not a key for TLS, want RSA of at least 2048 bits, ECDSA or " +
          "Ed25519",
      };
    }
    return { text: `${message}, want a certificate and its private key` };
  }
}

/** A key or its parameters may stand before it, which TLS skips. */
const FIRST_CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/;

/**
 * Reads the first certificate of a PEM text.
 *
 * @throws {Error} when it is not one that can be read, which TLS may still take
 */
export function readCertificateFacts(pem: string): CertificateFacts {
  const [block = ""] = FIRST_CERTIFICATE.exec(pem) ?? [];
  const certificate = new X509Certificate(block);
  return {
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    isSelfSigned: certificate.subject === certificate.issuer,
  };
}
