/**
 * The schema of the web configuration. It knows every key of the format, and
 * of each only the values that can be honoured here.
 *
 * @module
 */

import * as v from "valibot";
import { parseBoolean } from "../config/scalars.ts";
import { described, mapping, scalar } from "../config/schema_parts.ts";

const anyText = scalar({
  want: "a text",
  parse: (text) => text,
  jsonSchema: { type: "string" },
});

/** A key of the format that only its default fits. */
function only(isDefault: (text: string) => boolean, want: string) {
  return scalar({
    want,
    parse: (text) => isDefault(text) ? text : undefined,
    jsonSchema: { type: "string" },
  });
}

/** A list of the format that must be empty. */
function emptyList(want: string) {
  return v.pipe(v.array(v.unknown(), want), v.maxLength(0, want));
}

const NO_CLIENT_CERTIFICATES =
  "no certificates of clients: they cannot be checked here";

const noClientAuthority = only((text) => text === "", NO_CLIENT_CERTIFICATES);

/** Header values that HTTP can carry; blank means unset. */
function header(
  want = "printable ASCII characters",
  isAllowed = (text: string) => /^[\x20-\x7e]*$/.test(text),
) {
  return only((text) => text === "" || isAllowed(text), want);
}

/** The whole web configuration. */
export const webConfigSchema = mapping({
  tls_server_config: described(
    "Certificate and key; plain HTTP when not given",
    mapping({
      cert_file: described("File with the certificate and its chain", anyText),
      key_file: described("File with the private key", anyText),
      cert: described("The certificate and its chain as PEM text", anyText),
      key: described("The private key as PEM text", anyText),
      min_version: described(
        "Lowest version of TLS",
        only(
          (text) => text === "" || text === "TLS12",
          "TLS12: clients get TLS 1.3 when they can, and 1.2 cannot be " +
            "switched off here",
        ),
      ),
      max_version: described(
        "Highest version of TLS",
        only(
          (text) => text === "" || text === "TLS13",
          "TLS13: it cannot be switched off here",
        ),
      ),
      prefer_server_cipher_suites: described(
        "Without effect, as in Go since 1.17",
        scalar({
          want: "true or false",
          parse: parseBoolean,
          jsonSchema: { type: "boolean" },
        }),
      ),
      cipher_suites: described(
        "Only the default",
        emptyList("no list: the cipher suites cannot be chosen here"),
      ),
      curve_preferences: described(
        "Only the default",
        emptyList("no list: the curves cannot be chosen here"),
      ),
      client_auth_type: described(
        "Whether clients need a certificate",
        only(
          (text) => text === "" || text === "NoClientCert",
          "NoClientCert: certificates of clients cannot be checked here",
        ),
      ),
      client_ca_file: described("Refused", noClientAuthority),
      client_ca: described("Refused", noClientAuthority),
      client_allowed_sans: described(
        "Refused",
        emptyList(NO_CLIENT_CERTIFICATES),
      ),
    }, "a mapping with cert_file and key_file"),
  ),
  http_server_config: described(
    "How to answer",
    mapping({
      http2: described(
        "Only the default",
        only(
          (text) => text === "true",
          "true: clients may choose HTTP/2 over TLS, and it cannot be " +
            "switched off here",
        ),
      ),
      headers: described(
        "Headers of every answer",
        mapping({
          "Strict-Transport-Security": described("Free", header()),
          "X-Content-Type-Options": described(
            "Fixed",
            header("nosniff", (text) => text === "nosniff"),
          ),
          "X-Frame-Options": described(
            "One of two",
            header(
              "deny or sameorigin",
              (text) => text === "deny" || text === "sameorigin",
            ),
          ),
          "X-XSS-Protection": described("Free", header()),
          "Content-Security-Policy": described("Free", header()),
        }, "a mapping of headers"),
      ),
    }, "a mapping with http2 or headers"),
  ),
  rate_limit: described(
    "Refused, unless it is switched off",
    mapping({
      interval: described(
        "Time between requests",
        only(
          (text) => /^0(?:ns|us|ms|s|m|h)?$/.test(text),
          "0: requests cannot be limited here",
        ),
      ),
      burst: described("Without effect", anyText),
    }, "a mapping with interval and burst"),
  ),
  // parse.ts looks inside: a message must not quote a password.
  basic_auth_users: described(
    "Bcrypt hashes by user",
    v.custom<Readonly<Record<string, unknown>>>(
      (input) =>
        typeof input === "object" && input !== null && !Array.isArray(input),
      "a mapping of users and bcrypt hashes, with a space behind each colon",
    ),
  ),
}, "a mapping with tls_server_config, http_server_config or basic_auth_users");

/** A web configuration that fits the schema. */
export type ParsedWebConfig = v.InferOutput<typeof webConfigSchema>;
