/**
 * What filesets of Filebeat's modules listen on when their files do not say.
 *
 * From elastic/beats, version 8: `x-pack/filebeat/module/<module>/<fileset>/` and
 * `filebeat/module/<module>/<fileset>/`, `var` in `manifest.yml` and the template
 * of the input in `config/`.
 *
 * The filesets that were converted from RSA parsers are not here (`cisco/nexus`,
 * `juniper/junos`, `sophos/utm`, all of `barracuda` and others): their manifests
 * do not name the same port in all versions, nor that of their documentation;
 * for `cisco/nexus` it is 9506 or 9528.
 *
 * @module
 */

/** What a fileset listens on by default. */
export interface FilesetDefault {
  /** Input, as `var.input` names it. */
  readonly input: "syslog" | "udp" | "tcp" | "netflow" | "http_endpoint";
  /** Port, 1-65535. */
  readonly port: number;
  /** Host; absent: localhost. */
  readonly host?: string;
  /** Whether `var.ssl` makes the input tcp, whatever `var.input` says. */
  readonly isTcpWithSsl?: boolean;
}

const DEFAULTS: ReadonlyMap<string, FilesetDefault> = new Map([
  ["cef/log", { input: "syslog", port: 9003 }],
  ["checkpoint/firewall", { input: "syslog", port: 9001, isTcpWithSsl: true }],
  ["cisco/asa", { input: "udp", port: 9001 }],
  ["cisco/ftd", { input: "udp", port: 9003 }],
  ["cisco/ios", { input: "syslog", port: 9002 }],
  ["cyberarkpas/audit", { input: "tcp", port: 9301 }],
  ["fortinet/firewall", { input: "udp", port: 9004 }],
  ["haproxy/log", { input: "syslog", port: 9001 }],
  ["iptables/log", { input: "syslog", port: 9001 }],
  ["juniper/srx", { input: "udp", port: 9006 }],
  ["netflow/log", { input: "netflow", port: 2055 }],
  ["panw/panos", { input: "syslog", port: 9001 }],
  ["pensando/dfw", { input: "syslog", port: 9001, host: "0.0.0.0" }],
  ["sophos/xg", { input: "udp", port: 9005 }],
  ["threatintel/anomalithreatstream", { input: "http_endpoint", port: 8080 }],
  ["zoom/webhook", { input: "http_endpoint", port: 80 }],
]);

/** Modules, and filesets of other modules, that read files or ask servers. */
const NOT_LISTENING: ReadonlySet<string> = new Set(
  ("activemq apache auditd aws awsfargate azure coredns crowdstrike " +
    "elasticsearch envoyproxy gcp google_workspace ibmmq icinga iis kafka " +
    "kibana logstash misp mongodb mssql mysql mysqlenterprise nats nginx " +
    "o365 okta oracle osquery postgresql rabbitmq redis salesforce santa " +
    "snyk suricata system threatintel traefik zeek zookeeper cisco/amp " +
    "cisco/umbrella microsoft/defender_atp microsoft/m365_defender")
    .split(" "),
);

/** What a fileset listens on by default; undefined when that is not known. */
export function findFilesetDefault(
  module: string,
  fileset: string,
): FilesetDefault | undefined {
  return DEFAULTS.get(`${module}/${fileset}`);
}

/** Whether a fileset is known not to listen by default. */
export function isNotListening(module: string, fileset: string): boolean {
  return !DEFAULTS.has(`${module}/${fileset}`) &&
    (NOT_LISTENING.has(module) || NOT_LISTENING.has(`${module}/${fileset}`));
}
