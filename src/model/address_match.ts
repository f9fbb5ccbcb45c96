/**
 * Decides whether a socket's local address serves what a target expects.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { AddressExpectation } from "../config/config.ts";

/** Tells whether a local address, as text, satisfies an expectation. */
export type AddressMatcher = (address: string) => boolean;

/**
 * Builds the matcher of an expectation.
 *
 * `0.0.0.0` covers every IPv4 address, `::` every address: procfs cannot tell
 * a v6-only `::` from a dual-stack one, and programs in Go or Java bind `::`
 * when they are told `0.0.0.0`.
 */
export function buildAddressMatcher(
  expectation: AddressExpectation,
): AddressMatcher {
  switch (expectation.kind) {
    case "any":
      return () => true;
    case "wildcard":
      return isWildcard;
    case "external":
      return (address) => !isLoopback(address);
    case "address":
    case "network":
      return buildNetworkMatcher(expectation.text);
    default:
      return expectation satisfies never;
  }
}

/** Whether an address stands for all local addresses. */
export function isWildcard(address: string): boolean {
  return address === "::" || address === "0.0.0.0" ||
    address === "::ffff:0.0.0.0";
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.") ||
    address.startsWith("::ffff:127.");
}

/** Matches addresses of a network; one address is a network of one. */
function buildNetworkMatcher(text: string): AddressMatcher {
  const [address = "", prefix] = text.split("/");
  const network = ipaddr.process(address);
  const bits = network.kind() === "ipv4" ? 32 : 128;
  // A v4-mapped network is an IPv4 network: its first 96 bits are fixed.
  const isMapped = network.kind() === "ipv4" && address.includes(":");
  const length = prefix === undefined
    ? bits
    : Math.max(0, Number(prefix) - (isMapped ? 96 : 0));
  return (candidate) => {
    if (candidate === "::") return true;
    const local = ipaddr.process(candidate);
    if (local.kind() !== network.kind()) return false;
    return isWildcard(candidate) || local.match(network, length);
  };
}
