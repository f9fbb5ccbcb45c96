/**
 * Turns the raw text of YAML scalars into values.
 *
 * The YAML is read with the failsafe schema, in which every scalar stays the
 * text that stands in the file: `port: 0514` is not octal 332, `name: no` is
 * not false, `rack: 012` keeps its zero, and a message can quote what the user
 * wrote.
 *
 * Each function returns the value, returns undefined when the text is not of
 * the wanted form, or throws a `SyntaxError` whose message says more.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { formatAddress } from "../procfs/address.ts";
import type { AddressExpectation, PortRange } from "./config.ts";

/** `true` or `false`. */
export function parseBoolean(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

/** A number of sockets, 1 or more. */
export function parseCount(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}

/**
 * A port or a range of ports.
 *
 * @throws {SyntaxError} when a range runs backward
 */
export function parsePortRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const first = parsePort(match[1]);
  const last = match[2] === undefined ? first : parsePort(match[2]);
  if (first === undefined || last === undefined) return undefined;
  if (first > last) {
    throw new SyntaxError(` is a backward range, want ${last}-${first}`);
  }
  return { first, last };
}

/** A leading zero means octal to some YAML readers: it is refused. */
function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^[1-9]/.test(text) && port <= 65535 ? port : undefined;
}

/**
 * `any`, `wildcard`, `external`, an address or a network.
 *
 * @throws {SyntaxError} when a network has bits behind its prefix, or is an
 *   IPv4 network written as IPv6
 */
export function parseAddressExpectation(
  text: string,
): AddressExpectation | undefined {
  if (text === "any" || text === "wildcard" || text === "external") {
    return { kind: text };
  }
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { kind: "address", text: formatAddress(address) };
  const prefix = text.slice(slash + 1);
  const bits = address.kind() === "ipv4" ? 32 : 128;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits) {
    throw new SyntaxError(
      ` has a wrong prefix length, want 0-${bits} behind the slash`,
    );
  }
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    throw new SyntaxError(
      " is an IPv4 network written as IPv6, want it as 10.0.0.0/8",
    );
  }
  const network = address.kind() === "ipv4"
    ? ipaddr.IPv4.networkAddressFromCIDR(text)
    : ipaddr.IPv6.networkAddressFromCIDR(text);
  if (network.toNormalizedString() !== address.toNormalizedString()) {
    throw new SyntaxError(
      ` has bits behind its prefix, want ${formatAddress(network)}/${prefix}`,
    );
  }
  return { kind: "network", text: `${formatAddress(network)}/${prefix}` };
}

/** Strict forms only: no `10.1`, no octal, no zone index. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text)
    ? ipaddr.IPv6.parse(text)
    : undefined;
}

/** A systemd unit; like systemctl, a name without a type means a service. */
export function parseUnit(text: string): string | undefined {
  const unit = UNIT_TYPE.test(text) ? text : `${text}.service`;
  return /^[A-Za-z0-9:_.\\@-]{1,255}$/.test(unit) && text !== ""
    ? unit
    : undefined;
}

const UNIT_TYPE =
  /\.(?:service|socket|scope|slice|mount|automount|swap|target|path|timer|device)$/;

/** A text of at least one character. */
export function parseText(text: string): string | undefined {
  return text === "" ? undefined : text;
}
