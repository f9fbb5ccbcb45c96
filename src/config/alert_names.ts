/**
 * The alerts that the rules generator knows, so that a configuration which
 * disables or overrides another one is refused.
 *
 * @module
 */

/** Names of all alerts, in the order of the rule file. */
export const alertNames = [
  "PortDown",
  "PortDownLosingDatagrams",
  "PortWrongOwner",
  "PortWrongSocketCount",
  "PortReceiveDrops",
  "PortReceiverStalled",
  "PortRebound",
  "PortUnexpectedListener",
  "PortMonitoringIncomplete",
  "PortExporterDown",
  "PortExporterAbsent",
  "PortExporterScanFailed",
  "PortExporterConfigReloadFailed",
] as const;

/** Name of an alert. */
export type AlertName = typeof alertNames[number];

/**
 * Alerts that cannot be disabled: when the exporter dies, `port_up` goes stale
 * and a firing PortDown resolves, so only these two still tell.
 */
export const mandatoryAlertNames: readonly AlertName[] = [
  "PortExporterDown",
  "PortExporterAbsent",
];
