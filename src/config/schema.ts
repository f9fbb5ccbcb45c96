/**
 * The configuration's schema: the single source of its keys, of what each may
 * hold, and of the JSON Schema for editors.
 *
 * @module
 */

import * as v from "valibot";
import { alertNames, mandatoryAlertNames } from "./alert_names.ts";
import { parseDuration } from "./duration.ts";
import {
  parseAddressExpectation,
  parseBoolean,
  parseCount,
  parsePortRange,
  parseUnit,
} from "./scalars.ts";

import {
  ANY_SCALAR,
  choice,
  convert,
  described,
  type JsonSchema,
  labels,
  mapping,
  oneOrMany,
  scalar,
  text,
} from "./schema_parts.ts";

/** Label names that targets cannot have: the exporter or Prometheus sets them. */
export const reservedLabels: readonly string[] = [
  "address",
  "alertname",
  "container",
  "instance",
  "job",
  "le",
  "name",
  "port",
  "process",
  "protocol",
  "quantile",
  "severity",
  "source",
  "state",
  "unit",
  "user",
];

/**
 * Label names that alerts cannot have: they tell the alerts of one rule apart,
 * or the configuration sets them elsewhere.
 */
const reservedAlertLabels: readonly string[] = [
  "alertname",
  "instance",
  "job",
  "name",
  "port",
  "protocol",
  "severity",
  "source",
];

const protocol = choice(["udp", "tcp"]);
const severity = choice(["critical", "warning", "info"]);
const ports = scalar({
  want: "1-65535 or a range like 7878-7880",
  parse: parsePortRange,
  jsonSchema: {
    anyOf: [
      { type: "integer", minimum: 1, maximum: 65535 },
      { type: "string", pattern: "^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$" },
    ],
  },
});
const address = scalar({
  want: "any, wildcard, external, an IP address or a network like 10.0.0.0/8",
  parse: parseAddressExpectation,
  jsonSchema: { type: "string" },
});
const duration = scalar({
  want: "a duration like 90s, 5m or 1h30m",
  parse: parseDuration,
  jsonSchema: {
    anyOf: [
      { const: 0 },
      {
        type: "string",
        pattern:
          "^(0|([0-9]{1,3}y)?([0-9]{1,5}w)?([0-9]{1,6}d)?([0-9]{1,7}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,12}ms)?)$",
        minLength: 1,
      },
    ],
  },
});
const boolean = scalar({
  want: "true or false",
  parse: parseBoolean,
  jsonSchema: { type: "boolean" },
});
const processNames = oneOrMany(text("a process name"));
const userNames = oneOrMany(text("a user name or uid"));

/** Keys that stand in `defaults` and in each entry of `ports`. */
const targetKeys = {
  protocol: described(
    "Transport protocol: udp (default), tcp, or both",
    oneOrMany(protocol),
  ),
  address: described(
    "Traffic to this address must reach the socket: an address or a network " +
      "(a wildcard that covers it is right too), wildcard, external (not " +
      "loopback), any (default)",
    address,
  ),
  process: described("Expected process: a name or a list", processNames),
  unit: described(
    "Expected systemd unit: a name or a list",
    oneOrMany(scalar({
      want: "a systemd unit like rsyslog.service",
      parse: parseUnit,
      jsonSchema: {
        type: [...ANY_SCALAR],
        pattern: "^[A-Za-z0-9:_.\\\\@-]{1,255}$",
      },
    })),
  ),
  user: described("Expected user: a name, a uid or a list", userNames),
  sockets: described(
    "Expected number of sockets; at least one when not given",
    scalar({
      want: "a number of sockets, 1-999999",
      parse: parseCount,
      jsonSchema: { type: "integer", minimum: 1, maximum: 999_999 },
    }),
  ),
  severity: described("Severity of alerts: critical (default)", severity),
  for: described("How long before an alert fires: 1m (default)", duration),
  labels: described(
    "Labels added to the target's series",
    labels(reservedLabels),
  ),
};

/** The whole configuration, before defaults are applied. */
export const configSchema = mapping({
  defaults: described(
    "Values for every port entry that does not set them",
    mapping(targetKeys, "a mapping of keys of a port entry"),
  ),
  ports: described(
    "Ports that somebody shall listen on",
    v.array(
      mapping({
        port: oneOrMany(ports),
        name: described(
          "Label name; <protocol>-<port> when not given",
          text("a name"),
        ),
        ...targetKeys,
      }, "a mapping with the key port"),
      "a list of port entries",
    ),
  ),
  listeners: described(
    "Also report what listens beside the configured ports",
    mapping({
      enabled: described("Whether listeners are reported", boolean),
      ignore: described(
        "Listeners to leave out; every given key of a rule must match",
        v.array(
          v.pipe(
            mapping({
              protocol: described("Transport protocol", protocol),
              port: described(
                "A port, a range, or a list",
                oneOrMany(ports),
              ),
              address: described("Local address", address),
              process: described("Process name or a list", processNames),
              user: described("User name, uid or a list", userNames),
            }, "a mapping with protocol, port, address, process or user"),
            v.check(
              (rule) => Object.keys(rule).length > 0,
              "at least one of protocol, port, address, process or user",
            ),
          ),
          "a list of rules",
        ),
      ),
    }, "a mapping with enabled or ignore"),
  ),
  alerts: described(
    "How to generate alerting rules",
    mapping({
      job: described("The job label that the rules select", text("a name")),
      labels: described(
        "Labels added to every alert",
        labels(reservedAlertLabels),
      ),
      runbook_url: described(
        "Link to a runbook; {alert} stands for the alert's name",
        text("a URL"),
      ),
      disable: described(
        "Alerts to leave out",
        v.array(
          choice(
            alertNames.filter((name) => !mandatoryAlertNames.includes(name)),
          ),
          "a list of alert names",
        ),
      ),
      override: described(
        "Changes of single alerts",
        mapping(
          Object.fromEntries(alertNames.map((name) => [
            name,
            described(
              `Changes of ${name}`,
              mapping({
                for: described("Replaces the alert's for", duration),
                severity: described("Replaces the severity", severity),
                labels: described("Labels to add", labels(reservedAlertLabels)),
                annotations: described(
                  "Annotations to add or replace",
                  labels([]),
                ),
              }, "a mapping with for, severity, labels or annotations"),
            ),
          ])),
          "a mapping of alert names",
        ),
      ),
    }, "a mapping with job, labels, runbook_url, disable or override"),
  ),
  dashboard: described(
    "How to generate the dashboard",
    mapping({
      title: described("Title", text("a title")),
      uid: described(
        "Unique id in Grafana",
        scalar({
          want: "1-40 letters, digits, - and _",
          parse: (uid) => /^[A-Za-z0-9_-]{1,40}$/.test(uid) ? uid : undefined,
          jsonSchema: {
            type: [...ANY_SCALAR],
            pattern: "^[A-Za-z0-9_-]{1,40}$",
          },
        }),
      ),
      tags: described("Tags", v.array(text("a tag"), "a list of tags")),
    }, "a mapping with title, uid or tags"),
  ),
}, "a mapping with ports, defaults, listeners, alerts or dashboard");

/** A configuration that fits the schema, before defaults are applied. */
export type ParsedConfig = v.InferOutput<typeof configSchema>;

/** The JSON Schema (draft-07) of the configuration, for editors. */
export function buildJsonSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "port_exporter configuration",
    ...convert(configSchema),
  };
}
