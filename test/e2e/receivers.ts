/**
 * Receivers of syslog with equal process names, and targets that watch them.
 *
 * @module
 */

/** An rsyslogd with one UDP input, and the target that watches it. */
export interface Receiver {
  /** Name of the target and of the instance. */
  readonly name: string;
  readonly port: number;
  /** The instance of the one template. */
  readonly unit: string;
}

function buildReceiver(name: string, port: number): Receiver {
  return { name, port, unit: `rsyslog@${name}.service` };
}

export const asa = buildReceiver("asa", 6514);
export const switches = buildReceiver("switches", 6515);
/** Wants the port of {@linkcode asa}. */
export const intruder = buildReceiver("intruder", asa.port);

/** The files that make the receivers, texts by path. */
export function buildReceiverFiles(
  receivers: readonly Receiver[],
): Readonly<Record<string, string>> {
  return {
    "/etc/systemd/system/rsyslog@.service": `[Service]
ExecStart=/usr/sbin/rsyslogd -n -iNONE -f /etc/rsyslog-%i.conf
[Install]
WantedBy=multi-user.target
`,
    ...Object.fromEntries(receivers.map(({ name, port }) => [
      `/etc/rsyslog-${name}.conf`,
      `module(load="imudp")
input(type="imudp" port="${port}")
action(type="omfile" file="/var/log/${name}.log")
`,
    ])),
  };
}

/** A configuration that expects each port to be served by its receiver. */
export function buildReceiverConfig(receivers: readonly Receiver[]): string {
  // YAML takes JSON.
  return JSON.stringify({
    ports: receivers.map(({ name, port, unit }) => ({
      port,
      name,
      process: "rsyslogd",
      unit,
    })),
  });
}
