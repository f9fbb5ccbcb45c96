import { assertEquals, assertThrows } from "@std/assert";
import { readCertificateFacts } from "../../src/web_config/certificate.ts";

/** Made with openssl req -x509 -subj /CN=localhost -days 3650. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfjCCASOgAwIBAgIUC4B1b2DlVpLHcMGWpdLbz+lSbYQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEyMTEwMTgyN1oXDTM2MTExODEw
MTgyN1owFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEjMI7eVdNkhkmZpD3U6bhOHVdzWWZJNy03XK52+CWqrdv9hQ0HmbFvfIe
aWlSxsH9rQddl9JfOr/jzVY9DVAO9aNTMFEwHQYDVR0OBBYEFBG8BXOgdNcYFvna
yDKGlOGjnMrfMB8GA1UdIwQYMBaAFBG8BXOgdNcYFvnayDKGlOGjnMrfMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAJS8yBshMXYyAWyAZMTStzyq
7WxVGfFzq25vVBkaZlNGAiEAjDs+NO/atgXK4UMUYMf5nwehy6creHdx/MgJvCzg
Zwc=
-----END CERTIFICATE-----
`;

/** What openssl x509 -noout -dates tells of it. */
const FACTS = {
  notBefore: Date.parse("Nov 21 10:18:27 2026 GMT"),
  notAfter: Date.parse("Nov 18 10:18:27 2036 GMT"),
  isSelfSigned: true,
};

const PARAMETERS = `-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
`;

Deno.test("readCertificateFacts() skips what stands before the certificate, as TLS does", () => {
  for (
    const pem of [
      CERTIFICATE,
      PARAMETERS + CERTIFICATE,
      `subject=CN = localhost\n${CERTIFICATE}`,
      (PARAMETERS + CERTIFICATE).replaceAll("\n", "\r\n"),
      CERTIFICATE + PARAMETERS,
    ]
  ) assertEquals(readCertificateFacts(pem), FACTS);
});

Deno.test("readCertificateFacts() throws when there is no certificate that can be read", () => {
  for (
    const pem of ["", PARAMETERS, CERTIFICATE.replace("MIIB", "AAAA")]
  ) assertThrows(() => readCertificateFacts(pem), Error);
});
