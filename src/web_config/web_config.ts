/**
 * The web configuration as the program uses it: the format of the Prometheus
 * exporters, of which it holds what can be honoured
 * (https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md).
 *
 * @module
 */

/** Where PEM text comes from. */
export type PemSource =
  | {
    readonly kind: "file";
    /** As the configuration writes it; relative to the folder of that file. */
    readonly path: string;
  }
  | { readonly kind: "inline"; readonly text: string };

/** Bcrypt hashes by user; empty: everybody is let in. */
export type UserHashes = ReadonlyMap<string, string>;

/** Headers of every answer, by name. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** A web configuration whose certificate has not been read yet. */
export interface WebConfig {
  /** Certificate and key; absent: plain HTTP. */
  readonly tls?: {
    readonly certificate: PemSource;
    readonly key: PemSource;
  };
  /** Who is let in. */
  readonly users: UserHashes;
  /** Headers of every answer. */
  readonly headers: AnswerHeaders;
}

/** The PEM texts of a certificate with its chain and of its private key. */
export interface KeyPair {
  /** The certificate, then those that lead to its authority. */
  readonly certificate: string;
  /** The private key. */
  readonly key: string;
}

/** The cost of a bcrypt hash: it takes 2^cost rounds. */
export function costOf(hash: string): number {
  return Number(hash.slice(4, 6));
}
